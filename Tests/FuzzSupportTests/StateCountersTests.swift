import Testing

@testable import FuzzSupport

// The counters are those of the process, which other tests climb at the same time.
@Suite("State counters") struct StateCountersTests {
  @Test("A few hundred states hardly share counters, and no number of states is too many")
  func spread() {
    let few = Set((0..<300).map { StateCounters.counter(of: $0 << 32 | 7) })
    #expect(few.count > 250)
    let many = Set((0..<100_000).map { StateCounters.counter(of: $0) })
    #expect(many == Set(0..<StateCounters.count))
  }

  @Test("A state that was visited is among the distinct ones")
  func distinct() {
    for state: UInt64 in 0..<300 { StateCounters.visit(state << 32 | 7) }
    #expect(StateCounters.distinct > 250 && StateCounters.distinct <= StateCounters.count)
  }
}
