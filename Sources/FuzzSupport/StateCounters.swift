/// The abstract states that runs go through, as counters that libFuzzer climbs like edges.
///
/// libFuzzer reads and clears the section of that name around every input. States share counters by
/// their hash: few and coarse states steer, many and fine ones are noise.
public enum StateCounters {
  /// How many counters there are.
  public static var count: Int { 8 * stateCounters.count }

  /// Whether visits count: in a process that fuzzes or replays, which has one thread; tests have
  /// many.
  nonisolated(unsafe) static var isOn = false

  /// How many counters were ever used: the different states that were visited since the process
  /// began, where those that share a counter are one.
  nonisolated(unsafe) public private(set) static var distinct = 0
  nonisolated(unsafe) private static var seen = [Bool](repeating: false, count: count)

  /// The counter of a state, by its hash.
  static func counter(of state: UInt64) -> Int {
    let mixed = (state &* 0x9e37_79b9_7f4a_7c15) &>> 32
    return Int(truncatingIfNeeded: mixed % UInt64(truncatingIfNeeded: count))
  }

  /// Says that the input that runs went through an abstract state.
  public static func visit(_ state: UInt64) {
    guard isOn else { return }
    let index = counter(of: state)
    if !seen[index] {
      seen[index] = true
      distinct += 1
    }
    // Whether, not how often: libFuzzer would keep an input for every power of two.
    stateCounters[index / 8] |= 1 &<< UInt64(truncatingIfNeeded: 8 * (index % 8))
  }
}

// A constant has to be spelt out for its section: eight counters a word.
#if os(Linux)
  @section("__libfuzzer_extra_counters") @used
#endif
nonisolated(unsafe) private var stateCounters: InlineArray<256, UInt64> = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]
