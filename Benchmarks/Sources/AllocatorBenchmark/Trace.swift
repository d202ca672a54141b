import MemorySharing

/// The calls that every candidate replays, made once from a seed: `live` blocks are allocated, and
/// then each step frees one of them at random and allocates another in its place.
struct Trace {
  struct Step {
    /// Which of the live blocks is replaced.
    let block: Int
    let old: Layout
    let new: Layout
  }

  let initial: [Layout]
  let steps: [Step]

  init(live: Int, steps count: Int, seed: UInt64) throws(ShareError) {
    var random = SplitMix64(state: seed)
    var layouts: [Layout] = []
    for _ in 0..<live { layouts.append(try random.layout()) }
    initial = layouts
    var steps: [Step] = []
    for _ in 0..<count {
      let block = Int(random.next() % UInt64(live))
      let new = try random.layout()
      steps.append(Step(block: block, old: layouts[block], new: new))
      layouts[block] = new
    }
    self.steps = steps
  }

  /// Calls in the part that is timed.
  var calls: Int { 2 * steps.count }

  /// Enough for every live block to be of the largest order, twice over; a power of two.
  var window: UInt64 { UInt64(initial.count) * 2 * Self.largestSize }

  static let largestSize: UInt64 = 16384
  static let largestAlignment: UInt64 = 4096
}

struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func layout() throws(ShareError) -> Layout {
    let shifts = UInt64(Trace.largestAlignment.trailingZeroBitCount) + 1
    return try Layout(size: next() % Trace.largestSize + 1, alignment: 1 << (next() % shifts))
  }
}
