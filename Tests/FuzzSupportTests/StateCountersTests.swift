import Testing

@testable import FuzzSupport

@Suite("State counters") struct StateCountersTests {
  @Test("A few hundred states hardly share counters, and no number of states is too many")
  func spread() {
    let few = Set((0..<300).map { StateCounters.counter(of: $0 << 32 | 7) })
    #expect(few.count > 250)
    let many = Set((0..<100_000).map { StateCounters.counter(of: $0) })
    #expect(many == Set(0..<StateCounters.count))
  }

  @Test("In tests, which have many threads, visits do not count")
  func off() {
    StateCounters.visit(7)
    #expect(StateCounters.distinct == 0)
  }
}
