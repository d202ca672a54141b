import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct HonestCoreTests {
  @Test("The core holds on every backend", arguments: Backend.all.map(\.id))
  func holds(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let lockstep = Lockstep(.core)
    let grammar = Grammar()
    for seed in 0..<1000 as Range<UInt64> {
      let program = grammar.program(seed: seed)
      let verdict = try #require(lockstep.run(program, on: backend))
      if !verdict.holds {
        Issue.record(
          "seed \(seed): step \(verdict.failingStep) \(verdict.violations.map { "\($0.id): \($0.evidence.text)" }) \(verdict.failingStep >= 0 && verdict.failingStep < program.steps.count ? "\(program.steps[verdict.failingStep])" : "") \(program.configuration)"
        )
        return
      }
    }
  }
}
