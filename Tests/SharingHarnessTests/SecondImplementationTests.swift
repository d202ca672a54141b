import ProgramText
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// The rig is the only thing that knows the core: another system passes the same checks, as far as
/// it promises what they are about.
@Suite struct SecondImplementationTests {
  private static let rig = Rig("naive", promises: .contract) { try NaiveSystem($0) }

  @Test("A naive implementation holds on every backend", arguments: Backend.all.map(\.id))
  func holds(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let lockstep = Lockstep(Self.rig)
    for seed in 0..<inRelease(400, debug: 10) as Range<UInt64> {
      let program = Grammar(limits: Self.rig.limits).program(seed: seed)
      let verdict = try #require(lockstep.verdict(of: program, on: backend))
      let text = verdict.violations.map { "\($0.id): \($0.evidence.text)" }
      try #require(verdict.holds, "seed \(seed), step \(verdict.failingStep): \(text)")
    }
    #expect(lockstep.coverage.served[Command.Kind.allocate.rawValue] > inRelease(500, debug: 5))
    #expect(lockstep.coverage.hypercalls > 0)
  }

  @Test("What a system does not promise is reported as not checked")
  func unpromised() throws {
    let scribbling = Program(steps: [.allocate(.a), .scribble])
    let lockstep = Lockstep(Self.rig)
    let run = try #require(lockstep.run(scribbling, on: .pkvm))
    #expect(
      Self.unchecked(run) == [
        "losses-are-reported", "frames-are-conserved", "nested-calls-are-refused",
        "refill-only-on-miss", "static-pools-make-no-hypercall", "reports-count-what-was-done",
        "calls-follow-the-protocol", "free-buddies-are-merged",
        "placement-is-a-function-of-the-free-set", "work-is-bounded",
      ])

    let core = Lockstep(.core)
    let written = try #require(core.run(scribbling, on: .pkvm))
    #expect(Self.unchecked(written) == ["calls-return", "static-pools-make-no-hypercall"])
    let empty = try #require(core.run(Program(steps: []), on: .pkvm))
    #expect(
      Self.unchecked(empty)
        == ["calls-return", "the-host-cannot-steer", "static-pools-make-no-hypercall"])
  }

  private static func unchecked(_ run: Run) -> [String] {
    zip(Invariant.all, run.checked).filter { !$0.1 }.map(\.0.id)
  }
}
