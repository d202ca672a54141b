import FuzzSupport
import Testing

@Suite("State counters", .serialized) struct StateCountersTests {
  @Test("A state counts once, however often it is visited")
  func once() {
    StateCounters.visit(0x1234)
    let before = StateCounters.distinct
    for _ in 0..<1000 { StateCounters.visit(0x1234) }
    #expect(StateCounters.distinct == before)
  }

  @Test("A few hundred states hardly share counters, and no number of states is too many")
  func many() {
    let before = StateCounters.distinct
    for state: UInt64 in 0..<300 { StateCounters.visit(state << 32 | 7) }
    let new = StateCounters.distinct - before
    #expect(new > 250 && new <= 300)
    for state: UInt64 in 0..<100_000 { StateCounters.visit(state) }
    #expect(StateCounters.distinct == StateCounters.count)
  }
}
