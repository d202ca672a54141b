import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// Proofs prune after a no-op step, so a no-op step must really be one.
@Suite struct NoOpTests {
  @Test(
    "A program ends without its no-op step, or without its fault that did not fire, as with it")
  func noOp() throws {
    let lockstep = Lockstep()
    var steps = 0
    var faults = 0
    for seed in 0..<inRelease(900, debug: 120) as Range<UInt64> {
      let backend = Backend.all[Int(seed) % Backend.all.count]
      let program = Grammar(maximumLength: 12).program(seed: seed)
      let whole = try #require(lockstep.run(program, on: backend, keeping: .outcomes))
      var outcomes = whole.outcomes
      var simpler = program
      switch whole.verdict.noOp {
      case nil: continue
      case .step(let index):
        steps += 1
        simpler.steps.remove(at: index)
        outcomes.remove(at: index)
      case .fault(let index):
        faults += 1
        #expect(!simpler.steps[index].faults.isEmpty)
        simpler.steps[index].faults = []
      }
      let other = try #require(lockstep.run(simpler, on: backend, keeping: .outcomes))
      #expect(other.verdict.fingerprint == whole.verdict.fingerprint)
      #expect(other.outcomes == outcomes, "seed \(seed)")
    }
    #expect(steps > inRelease(100, debug: 10))
    #expect(faults > inRelease(10, debug: 0))
  }

  @Test("What the system is asked, or the host can do, is no no-op; the rest is")
  func recognised() throws {
    let a = Slot(0)
    func noOp(_ steps: Step..., on backend: Backend = .pkvm) throws -> NoOp? {
      try #require(Lockstep().verdict(of: Program(steps: steps), on: backend)).noOp
    }
    let allocate = Step(.allocate(a, size: 5000, alignment: 1))
    #expect(try noOp(allocate) == nil)
    #expect(try noOp(Step(.free(a, .asAllocated))) == .step(0))
    #expect(try noOp(allocate, Step(.free(a, .foreign))) == nil)
    #expect(try noOp(Step(.scribble)) == .step(0))
    #expect(try noOp(Step(.scribble), on: .gunyah) == nil)
    #expect(try noOp(allocate, Step(.scribble)) == nil)
    #expect(try noOp(allocate, Step(.pin(a)), Step(.pin(a))) == .step(2))
    #expect(try noOp(allocate, Step(.pin(a)), Step(.unpinAll), Step(.unpinAll)) == .step(3))
    #expect(try noOp(Step(.standingFault(nil))) == .step(0))
    #expect(try noOp(Step(.standingFault(.fails))) == nil)
    func faulty(_ fault: CommandFault, _ size: UInt64 = 5000) -> Step {
      Step(.allocate(a, size: size, alignment: 1), fault: fault)
    }
    #expect(try noOp(faulty(.hypercall(position: 2, .fails))) == nil)
    #expect(try noOp(faulty(.hypercall(position: 3, .fails))) == .fault(0))
    #expect(try noOp(faulty(.heapAllocation)) == nil)
    #expect(try noOp(faulty(.heapAllocation), on: .gunyah) == .fault(0))
    // It may be excused by the fault, though that did not fire.
    #expect(try noOp(faulty(.heapAllocation, 1 << 18)) == nil)
    #expect(try noOp(faulty(.heapAllocation, 0)) == .fault(0))
  }
}
