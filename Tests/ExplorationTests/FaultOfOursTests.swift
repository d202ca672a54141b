import Exploration
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// A fault of ours is passed on; it never counts as a program that holds.
@Suite struct FaultOfOursTests {
  struct WorkerLost: Error, Equatable {}

  /// A stage whose worker is lost after some cases.
  final class FailingStage: Stage {
    let base = LocalStage(.losingBuffers)
    private var left: Int
    /// Whether the checks of a program took too long.
    var isTooSlow: (Program) -> Bool = { _ in false }

    init(after cases: Int) { left = cases }

    func play(_ next: Case, keeping parts: Run.Parts) throws -> Run? {
      guard left > 0 else { throw WorkerLost() }
      left -= 1
      if isTooSlow(next.program) { throw CaseTooSlow("the checks took too long") }
      return base.play(next, keeping: parts)
    }

    func account(of next: Case) throws -> Account? { base.account(of: next) }
    func tell(_ progress: ExplorerProgress) {}
    func tell(_ finding: Exploration.Finding) {}
    var coverage: Coverage? { base.coverage }
    var commands: Int { base.commands }
    var grammar: Grammar { base.grammar }
  }

  private static let program = Program(steps: [
    Step(.heapAllocate(Slot(1), size: 100, alignment: 1, zeroed: true)),
    Step(.allocate(Slot(0), size: 5000, alignment: 1)), Step(.free(Slot(1), .asAllocated)),
  ])

  private static func finding() throws -> Exploration.Finding {
    let stage = LocalStage(.losingBuffers)
    let verdict = try #require(try stage.play(Case(program, on: .kvm))).verdict
    try #require(!verdict.holds)
    return Exploration.Finding(program, on: .kvm, verdict)
  }

  @Test("Shrinking and proving fail wherever the worker is lost, and give no result")
  func shrinking() throws {
    let finding = try Self.finding()
    let shrinking = Shrinking(finding, on: [.kvm], proofBudget: .atMost(1000))
    // As many cases as it plays where nothing is lost.
    let counting = LocalStage(.losingBuffers)
    var cases = 0
    counting.willPlay = { _ in cases += 1 }
    let smallest = try #require(try shrinking.explore(on: counting))
    #expect(smallest.program.steps.count == 1 && smallest.minimality?.isProved == true)
    #expect(cases > 10)
    // The last case is that of the account, which this stage does not lose.
    for lost in 0..<cases - 1 {
      #expect(throws: WorkerLost.self, "lost after \(lost) of \(cases) cases") {
        try shrinking.explore(on: FailingStage(after: lost))
      }
    }
  }

  @Test("Shrinking passes over what is too slow to be judged, and a proof does not")
  func slow() throws {
    let finding = try Self.finding()
    let stage = FailingStage(after: .max)
    // All with a heap allocation, but for the program itself.
    stage.isTooSlow = { program in
      program != Self.program && program.steps.contains { $0.command.kind == .heapAllocate }
    }
    let small = try #require(try Shrinking(finding, on: [.kvm]).explore(on: stage))
    #expect(small.program.steps.map(\.command.kind) == [.allocate])
    stage.isTooSlow = { $0.steps.isEmpty }
    #expect(throws: CaseTooSlow.self) {
      try Shrinking(finding, on: [.kvm], proofBudget: .atMost(1000)).explore(on: stage)
    }
  }

  @Test("A proof, a campaign, a sweep and a walk fail as well")
  func others() throws {
    let finding = try Self.finding()
    let fingerprint = try #require(finding.fingerprint)
    #expect(throws: WorkerLost.self) {
      try MinimalityProof(finding.program, on: .kvm, keeping: fingerprint)
        .explore(on: FailingStage(after: 1))
    }
    #expect(throws: WorkerLost.self) {
      try Campaign(backends: [.kvm], seed: 1, programs: 1000, findings: 100)
        .explore(on: FailingStage(after: 20))
    }
    #expect(throws: WorkerLost.self) {
      try FaultSweep(on: .kvm, length: 1).explore(on: FailingStage(after: 1))
    }
    #expect(throws: WorkerLost.self) {
      try Exhaustion(ExhaustionBounds(), on: .kvm).explore(on: FailingStage(after: 0))
    }
  }
}

extension Rig {
  /// The core, whose buffers of the pool lie at address 0.
  fileprivate static let losingBuffers = Rig(id: "losing-buffers", shown: .everything) { machine in
    LosingBuffers(try CoreSystem(machine))
  }
}

private final class LosingBuffers: SharingSystem {
  private let system: CoreSystem

  init(_ system: CoreSystem) { self.system = system }

  func perform(_ call: GuestCall) -> Outcome {
    let outcome = system.perform(call)
    guard case .allocateShared = call, case .address = outcome else { return outcome }
    return .address(PhysicalAddress(0), nil)
  }

  func observe(into observation: inout Observation) { system.observe(into: &observation) }
}
