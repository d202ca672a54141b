import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// Proofs pass over what stands behind an idle step, so an idle step must really be one.
@Suite struct IdleTests {
  @Test(
    "A program ends without its idle step, or without its fault that did not strike, as with it")
  func idle() throws {
    let lockstep = Lockstep()
    var steps = 0
    var faults = 0
    for seed in 0..<900 as Range<UInt64> {
      let backend = Backend.all[Int(seed) % Backend.all.count]
      let program = Grammar(maximumLength: 12).program(seed: seed)
      let whole = try #require(lockstep.run(program, on: backend, keepingOutcomes: true))
      var outcomes = lockstep.outcomes
      var simpler = program
      switch whole.idle {
      case nil: continue
      case .step(let index):
        steps += 1
        simpler.steps.remove(at: index)
        outcomes.remove(at: index)
      case .fault(let index):
        faults += 1
        #expect(simpler.steps[index].fault != nil)
        simpler.steps[index].fault = nil
      }
      let other = try #require(lockstep.run(simpler, on: backend, keepingOutcomes: true))
      #expect(other.fingerprint == whole.fingerprint)
      #expect(lockstep.outcomes == outcomes, "seed \(seed)")
    }
    #expect(steps > 100)
    #expect(faults > 10)
  }

  @Test("What the system is asked, or the host can do, is not idle; what comes to nothing is")
  func recognised() throws {
    let a = Slot(0)
    func idle(_ steps: Step..., on backend: Backend = .pkvm) throws -> Idle? {
      try #require(Lockstep().run(Program(steps: steps), on: backend)).idle
    }
    let allocate = Step(.allocate(a, size: 5000, alignment: 1))
    #expect(try idle(allocate) == nil)
    #expect(try idle(Step(.free(a, .asAllocated))) == .step(0))
    #expect(try idle(allocate, Step(.free(a, .foreign))) == nil)
    #expect(try idle(Step(.scribble)) == .step(0))
    #expect(try idle(Step(.scribble), on: .gunyah) == nil)
    #expect(try idle(allocate, Step(.scribble)) == nil)
    #expect(try idle(allocate, Step(.pin(a)), Step(.pin(a))) == .step(2))
    #expect(try idle(allocate, Step(.pin(a)), Step(.unpinAll), Step(.unpinAll)) == .step(3))
    #expect(try idle(Step(.standingFault(nil))) == .step(0))
    #expect(try idle(Step(.standingFault(.fails))) == nil)
    func faulty(_ fault: CommandFault, _ size: UInt64 = 5000) -> Step {
      Step(.allocate(a, size: size, alignment: 1), fault: fault)
    }
    #expect(try idle(faulty(.hypercall(position: 2, .fails))) == nil)
    #expect(try idle(faulty(.hypercall(position: 3, .fails))) == .fault(0))
    #expect(try idle(faulty(.heapAllocation)) == nil)
    #expect(try idle(faulty(.heapAllocation), on: .gunyah) == .fault(0))
    // It may be excused by the fault, though that did not strike.
    #expect(try idle(faulty(.heapAllocation, 1 << 18)) == nil)
    #expect(try idle(faulty(.heapAllocation, 0)) == .fault(0))
  }
}
