import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Asks of every exhibit how soon it is found, and whether what is left of the program that finds it
/// is as small as can be.
///
/// It runs in one process, so it is for exhibits that neither trap nor hang.
public final class Museum {
  /// The most programs of a campaign.
  public let programs: UInt64
  /// The backends of a campaign; all on which an exhibit can show, if nil.
  public let backend: Backend?
  private let proof: MinimalityProof
  /// What is proved already: many campaigns end with the same program.
  private var proved: [(question: Question, answer: Minimality)] = []

  private struct Question: Equatable {
    let exhibit: String
    let backend: String
    let fingerprint: Fingerprint
    let program: Program
  }

  public init(
    programs: UInt64 = 100_000, backend: Backend? = nil,
    proof: MinimalityProof = MinimalityProof()
  ) {
    self.programs = programs
    self.backend = backend
    self.proof = proof
  }

  /// The seed of a campaign's first program, by the number of the campaign: far from the others', so
  /// that no two campaigns run the same programs.
  public static func firstSeed(ofCampaign number: UInt64) -> UInt64 { number << 32 }

  /// Runs one campaign.
  ///
  /// - Parameter trying: hears how many programs a proof has run.
  public func row(
    of exhibit: Exhibit, campaign number: UInt64, trying: (_ tried: Int) -> Void = { _ in }
  ) -> MuseumRow {
    let clock = ContinuousClock()
    let start = clock.now
    let lockstep = Lockstep(exhibit.rig)
    let backends = backend.map { [$0] } ?? exhibit.backends
    let campaign = Campaign(backends: backends, seed: Self.firstSeed(ofCampaign: number))
    let result = campaign.run(programs: programs, with: lockstep)
    var row = MuseumRow(
      exhibit: exhibit.id, seed: number, named: exhibit.seenBy, programs: result.programs,
      commands: lockstep.coverage.commands)
    guard let finding = result.finding else { return row }
    let program = finding.program
    row.backend = finding.backend.id
    row.killedBy = lockstep.run(program, on: finding.backend)?.violations.map(\.id) ?? []

    let lineup = Lineup(fingerprint: finding.fingerprint, backends: backends) {
      lockstep.run($0, on: $1)?.attempt ?? .impossible
    }.beginning(with: finding.backend)
    guard
      let shrunk = Minimiser().minimise(
        program, keeping: finding.fingerprint, restartingFrom: campaign.seed(ofProgram: finding.number),
        evaluate: lineup.failure)
    else { return row }
    row.length = shrunk.program.steps.count
    row.evaluations = shrunk.evaluations
    row.seconds = start.duration(to: clock.now).inSeconds
    let beginning = clock.now
    prove(shrunk.program, exhibit, lineup, &row, trying)
    row.proofSeconds = beginning.duration(to: clock.now).inSeconds
    return row
  }

  /// Proves a program minimal, or goes on with the smaller one that the proof finds.
  private func prove(
    _ program: Program, _ exhibit: Exhibit, _ lineup: Lineup, _ row: inout MuseumRow,
    _ trying: (Int) -> Void
  ) {
    var smallest = program
    while let backend = lineup.place(of: smallest)?.backend {
      let question = Question(
        exhibit: exhibit.id, backend: backend.id, fingerprint: lineup.fingerprint,
        program: smallest)
      let answer = answer(question, exhibit.rig, backend, trying)
      row.shrunkOn = backend.id
      row.minimum = smallest.steps.count
      row.tried = answer.tried
      row.isProved = answer.isProved
      row.program = smallest.text
      guard let smaller = answer.smaller.flatMap({ try? Program(text: $0) }) else { return }
      let again = Minimiser().minimise(
        smaller, keeping: lineup.fingerprint, evaluate: lineup.failure)
      smallest = again?.program ?? smaller
    }
  }

  private func answer(
    _ question: Question, _ rig: Rig, _ backend: Backend, _ trying: (Int) -> Void
  ) -> Minimality {
    if let known = proved.first(where: { $0.question == question }) { return known.answer }
    let lockstep = Lockstep(rig)
    let answer = proof(question.program, keeping: question.fingerprint) { _, tried in
      trying(tried)
    } evaluate: {
      lockstep.run($0, on: backend)?.attempt ?? .impossible
    }
    proved.append((question, answer))
    return answer
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
