import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// Programs on machines whose heap is no buddy heap.
@Suite struct FirstFitHeapTests {
  @Test("The core holds on a first-fit heap, on every backend", arguments: Backend.all.map(\.id))
  func holds(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let lockstep = Lockstep()
    for seed in 0..<inRelease(720, debug: 40) as Range<UInt64> {
      var program = Grammar().program(seed: seed)
      program.configuration.heapRule = .firstFit
      let verdict = try #require(lockstep.verdict(of: program, on: backend))
      let text = verdict.violations.map { "\($0.id): \($0.evidence.text)" }
      try #require(verdict.holds, "seed \(seed), step \(verdict.failingStep): \(text)")
    }
    let coverage = lockstep.coverage
    #expect(coverage.served[Command.Kind.heapAllocate.rawValue] > inRelease(500, debug: 30))
    #expect(backend.sharing == .beforeBoot || coverage.refills > inRelease(500, debug: 30))
  }

  @Test("Both kinds of heap are looked at by the same checks")
  func checked() throws {
    func checked(_ rule: PlacementRule) throws -> [Bool] {
      var program = Program(steps: [.heapAllocate(.a)])
      program.configuration.heapRule = rule
      let lockstep = Lockstep()
      let run = try #require(lockstep.run(program, on: .pkvm))
      #expect(run.verdict.holds)
      #expect(lockstep.model.observation.heapFree?.isEmpty == false)
      return run.checked
    }
    #expect(try checked(.firstFit) == checked(.buddy))
  }
}
