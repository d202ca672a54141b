import Exploration
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Asks of an exhibit how soon it is found on a backend, and whether what is left of the program
/// that finds it is as small as can be.
package struct Museum: Explorer {
  package let exhibit: String
  package let backend: Backend
  /// How many campaigns are run, from number 1 on.
  package let campaigns: UInt64
  /// The most programs of a campaign.
  package let programs: UInt64
  /// The most programs of a proof.
  package let proofBudget: Int

  package init(
    _ exhibit: Exhibit, on backend: Backend, campaigns: UInt64 = 1, programs: UInt64 = 100_000,
    proofBudget: Int = MinimalityProof.usualBudget
  ) {
    self.exhibit = exhibit.id
    self.backend = backend
    self.campaigns = campaigns
    self.programs = programs
    self.proofBudget = proofBudget
  }

  /// The seed of a campaign's first program, by the number of the campaign: far from the others',
  /// so that no two campaigns run the same programs.
  package static func firstSeed(ofCampaign number: UInt64) -> UInt64 { number << 32 }

  /// A row for each campaign.
  package func explore(on stage: any Stage) throws -> [MuseumRow] {
    guard let exhibit = Exhibit.named(exhibit) else { throw UnknownExhibit(id: exhibit) }
    var proved: [Proved] = []
    return try (1...campaigns).map { try row(of: exhibit, campaign: $0, on: stage, &proved) }
  }

  /// There is no exhibit of this id.
  package struct UnknownExhibit: Error { package let id: String }

  /// What is proved already: many campaigns end with the same program.
  private struct Proved {
    let fingerprint: Fingerprint
    let program: Program
    let minimality: Minimality
  }

  private func row(
    of exhibit: Exhibit, campaign number: UInt64, on stage: any Stage, _ proved: inout [Proved]
  ) throws -> MuseumRow {
    let clock = ContinuousClock()
    let start = clock.now
    let commandsBefore = stage.commands
    let campaign = Campaign(
      backends: [backend], seed: Self.firstSeed(ofCampaign: number), programs: programs)
    let result = try campaign.explore(on: stage)
    var row = MuseumRow(exhibit: exhibit, backend: backend.id, seed: number)
    row.programs = result.programs
    row.commands = result.commands - commandsBefore
    guard let finding = result.finding, case .campaign(let program, _, _) = finding.origin else {
      return row
    }
    row.killedBy = finding.verdict.violations.map(\.id)
    var proofTime = Duration.zero
    var known = proved
    let shrinking = Shrinking(finding, on: [backend], seed: campaign.seed(ofProgram: program))
    let smallest = try shrinking.smallest(on: stage) { best in
      let beginning = clock.now
      defer { proofTime += beginning.duration(to: clock.now) }
      return try minimality(of: best, on: stage, &known)
    }
    proved = known
    guard let smallest else { return row }
    row.length = smallest.length
    row.evaluations = smallest.evaluations
    row.minimum = smallest.finding.program.steps.count
    row.tried = smallest.finding.minimality?.tried
    row.isProved = smallest.finding.minimality?.isProved == true
    row.program = smallest.finding.program.text
    row.proofSeconds = proofTime.seconds
    row.seconds = start.duration(to: clock.now).seconds - row.proofSeconds
    return row
  }

  /// How sure it is that a program is the smallest.
  private func minimality(
    of best: Finding, on stage: any Stage, _ proved: inout [Proved]
  ) throws -> Minimality {
    guard let fingerprint = best.fingerprint else {
      preconditionFailure("what is shrunk fails")
    }
    let known = proved.first { $0.fingerprint == fingerprint && $0.program == best.program }
    if let known { return known.minimality }
    let minimality = try MinimalityProof(
      best.program, on: backend, keeping: fingerprint, budget: proofBudget
    ).explore(on: stage)
    proved.append(
      Proved(fingerprint: fingerprint, program: best.program, minimality: minimality))
    return minimality
  }

  package func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> [MuseumRow] {
    // One row, which does not pass: this exhibit is not one that kills its process.
    guard let exhibit = Exhibit.named(exhibit) else { return [] }
    var row = MuseumRow(exhibit: exhibit, backend: backend.id, seed: 0)
    row.killedBy = finding.verdict.violations.map(\.id)
    return [row]
  }

  package func line(_ progress: ExplorerProgress, seconds: Double) -> String {
    "\(exhibit) on \(backend.id): \(progress.programs) programs, \(progress.tried) tried"
  }
}
