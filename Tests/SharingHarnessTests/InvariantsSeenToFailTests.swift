import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// The law of the house: every invariant has been seen to fail.
@Suite struct InvariantsSeenToFailTests {
  @Test("Every saboteur is seen by its invariant", arguments: Saboteur.all)
  func seen(saboteur: Saboteur) throws {
    let verdict = try #require(
      Lockstep(saboteur.rig).verdict(of: saboteur.program, on: saboteur.backend))
    let violated = Set(verdict.violations.map(\.id))
    #expect(violated == Set([saboteur.id] + saboteur.beside))
    #expect(verdict.violations.allSatisfy { !$0.evidence.text.isEmpty })
  }

  @Test("The core holds on every saboteur's program", arguments: Saboteur.all)
  func honest(saboteur: Saboteur) throws {
    let verdict = try #require(Lockstep(.core).verdict(of: saboteur.program, on: saboteur.backend))
    #expect(verdict.holds, "\(verdict.violations.map(\.evidence.text))")
  }

  /// That a call traps or hangs is seen by nobody inside the process: the supervisor's own tests
  /// show that it sees it.
  @Test("Every invariant but calls-return has a saboteur")
  func complete() {
    let sabotaged = Set(Saboteur.all.map(\.id))
    #expect(Invariant.all.map(\.id).filter { !sabotaged.contains($0) } == ["calls-return"])
    #expect(sabotaged.isSubset(of: Invariant.all.map(\.id)))
  }

  @Test("The violations of a verdict stand in order of precedence")
  func precedence() throws {
    let saboteur = try #require(Saboteur.all.first { $0.beside.count == 2 })
    let verdict = try #require(
      Lockstep(saboteur.rig).verdict(of: saboteur.program, on: saboteur.backend))
    let places = verdict.violations.map(\.invariant)
    #expect(places.count == 3)
    #expect(places == places.sorted())
    #expect(verdict.fingerprint?.invariant == Invariant.all[places[0]].id)
  }
}
