import BugMuseum
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@Suite struct MuseumTests {
  @Test(
    "Every exhibit is seen by the invariants it names, in release on each backing",
    arguments: Exhibit.all.filter { !$0.isDeadly }.map(\.id))
  func seen(exhibit id: String) throws {
    let exhibit = try #require(Exhibit.named(id))
    // The museum, which CI runs in release, goes through all backends.
    let backends = inRelease(exhibit.backends, debug: Array(exhibit.backends.prefix(1)))
    var backings: [Scope] = []
    for backend in backends where !backings.contains(Scope(backend.sharing)) {
      backings.append(Scope(backend.sharing))
      let lockstep = Lockstep(exhibit.rig)
      let verdict = (0..<3000 as Range<UInt64>).lazy
        .compactMap { lockstep.verdict(of: Grammar().program(seed: $0), on: backend) }
        .first { !$0.holds }
      let violated = try #require(verdict?.violations.map(\.id), "not found on \(backend.id)")
      for name in exhibit.seenBy { #expect(violated.contains(name), "\(backend.id)") }
    }
  }

  @Test("Every invariant is named by an exhibit")
  func named() {
    let named = Set(Exhibit.all.flatMap(\.seenBy))
    #expect(Invariant.all.map(\.id).filter { !named.contains($0) } == [])
  }

  @Test(
    "The core holds on the programs on which exhibits are seen", arguments: Backend.all.map(\.id))
  func honest(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let lockstep = Lockstep(.core)
    for seed in 0..<inRelease(300, debug: 20) as Range<UInt64> {
      let verdict = lockstep.verdict(of: Grammar().program(seed: seed), on: backend)
      #expect(verdict?.holds != false, "seed \(seed)")
    }
  }
}
