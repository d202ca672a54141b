import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Asks of an exhibit how soon it is found on a backend, and whether what is left of the program
/// that finds it is as small as can be.
///
/// It runs in one process, so it is for exhibits that neither trap nor hang.
public final class Museum {
  /// The most programs of a campaign.
  public let programs: UInt64
  private let proof: MinimalityProof
  /// What is proved already: many campaigns end with the same program.
  private var proved: [(question: Question, answer: Minimality)] = []

  private struct Question: Equatable {
    let exhibit: String
    let backend: String
    let fingerprint: Fingerprint
    var program: Program
  }

  public init(programs: UInt64 = 100_000, proof: MinimalityProof = MinimalityProof()) {
    self.programs = programs
    self.proof = proof
  }

  /// The seed of a campaign's first program, by the number of the campaign: far from the others',
  /// so that no two campaigns run the same programs.
  public static func firstSeed(ofCampaign number: UInt64) -> UInt64 { number << 32 }

  /// Runs one campaign.
  ///
  /// - Parameter trying: hears how many programs a proof has run.
  public func row(
    of exhibit: Exhibit, on backend: Backend, campaign number: UInt64,
    trying: (_ tried: Int) -> Void = { _ in }
  ) -> MuseumRow {
    let clock = ContinuousClock()
    let start = clock.now
    let lockstep = Lockstep(exhibit.rig)
    let campaign = Campaign(backends: [backend], seed: Self.firstSeed(ofCampaign: number))
    let result = campaign.run(programs: programs, with: lockstep)
    var row = MuseumRow(exhibit: exhibit, backend: backend.id, seed: number)
    row.programs = result.programs
    row.commands = lockstep.coverage.commands
    guard let finding = result.finding else { return row }
    row.killedBy = lockstep.run(finding.program, on: backend)?.violations.map(\.id) ?? []

    let attempt = { lockstep.run($0, on: backend)?.attempt ?? .impossible }
    guard
      let shrunk = Minimiser().minimise(
        finding.program, keeping: finding.fingerprint,
        restartingFrom: campaign.seed(ofProgram: finding.number), evaluate: attempt)
    else { return row }
    row.length = shrunk.program.steps.count
    row.evaluations = shrunk.evaluations
    row.seconds = start.duration(to: clock.now).inSeconds
    let beginning = clock.now
    var question = Question(
      exhibit: exhibit.id, backend: backend.id, fingerprint: finding.fingerprint,
      program: shrunk.program)
    while true {
      let answer = answer(question, attempt, trying)
      row.minimum = question.program.steps.count
      row.tried = answer.tried
      row.isProved = answer.isProved
      row.program = question.program.text
      // Or else it goes on with the smaller one that the proof found.
      guard let smaller = answer.smaller.flatMap({ try? Program(text: $0) }) else { break }
      let again = Minimiser().minimise(
        smaller, keeping: question.fingerprint, evaluate: attempt)
      question.program = again?.program ?? smaller
    }
    row.proofSeconds = beginning.duration(to: clock.now).inSeconds
    return row
  }

  /// How sure it is that a program is the smallest.
  private func answer(
    _ question: Question, _ attempt: (Program) -> Attempt, _ trying: (Int) -> Void
  ) -> Minimality {
    if let known = proved.first(where: { $0.question == question }) { return known.answer }
    let answer = proof(question.program, keeping: question.fingerprint) { _, tried in
      trying(tried)
    } evaluate: {
      attempt($0)
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
