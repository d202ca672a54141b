import BugMuseum
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct ProgramHolds {
  static let text = """
    # sharecheck program, version 1
    machine granule=64 minimum-block=16 pool-orders=16 heap-orders=16 heap=buddy \
    arena=0x80000000+0x20000 offset=0x0 static-pages=8 initialised=yes
    heap-allocate b 100 align 8
    end
    """

  @Test(
    "All invariants hold",
    arguments: ["pkvm", "gunyah"])
  func holds(on id: String) throws {
    let program = try Program(text: Self.text)
    let backend = try #require(Backend.named(id))
    let rig = try #require(Exhibit.named("canary")).rig
    let lockstep = Lockstep(rig)
    let verdict = try #require(lockstep.verdict(of: program, on: backend))
    #expect(verdict.holds, "\(verdict.violations.map(\.evidence.text))")
  }
}
