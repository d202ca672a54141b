import PropertyTesting

/// The abstract states that runs go through, as counters that libFuzzer climbs like edges.
///
/// libFuzzer reads and clears the section of that name around every input. States share counters by
/// their hash: few and coarse states steer, many and fine ones are noise.
public enum StateCounters {
  /// How many counters there are.
  public static var count: Int { 8 * stateCounters.count }

  nonisolated(unsafe) private static var seen = StateSet()

  /// How many different states were visited since the process began, by their classes.
  public static var distinct: Int { seen.count }

  /// Says that the input that runs went through an abstract state.
  public static func visit(_ state: UInt64) {
    seen.insert(state)
    let mixed = (state &* 0x9e37_79b9_7f4a_7c15) &>> 32
    let index = Int(truncatingIfNeeded: mixed % UInt64(truncatingIfNeeded: count))
    let shift = UInt64(truncatingIfNeeded: 8 * (index % 8))
    let counter = (stateCounters[index / 8] &>> shift) & 0xff
    if counter < 0xff { stateCounters[index / 8] &+= 1 &<< shift }
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
