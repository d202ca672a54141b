import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A program that does not hold: where, how, and where it came from.
package struct Finding: Equatable, Sendable {
  package var program: Program
  package var backend: Backend
  package var verdict: Verdict
  package var origin: Origin
  /// What a reader is shown of the run, where somebody asked for it.
  package var account: Account?
  /// How many programs shrinking ran; nil where it was not shrunk.
  package var evaluations: Int?
  /// Whether it is the smallest of its kind; nil where that was not asked.
  package var minimality: Minimality?

  /// Where a program came from.
  package enum Origin: Equatable, Codable, Sendable {
    /// It was handed in.
    case program
    /// A campaign's program, by its number from 0. The seed makes it by itself; nil where it was
    /// built upon others. The rank is which of the ways in which the program fails this is, from 1.
    case campaign(number: UInt64, seed: UInt64?, rank: Int)
    /// A sweep's. The point is what went wrong besides the program, in words; nil where the program
    /// does not hold as it is. The standalone program is violated in the same way by itself.
    case sweep(Disturbance?, point: String?, standalone: Program?)
    /// A shortest program of a walk through all states.
    case exhaustion
  }

  package init(
    _ program: Program, on backend: Backend, _ verdict: Verdict, from origin: Origin = .program,
    account: Account? = nil
  ) {
    self.program = program
    self.backend = backend
    self.verdict = verdict
    self.origin = origin
    self.account = account
  }

  /// What a shrunk program must keep.
  package var fingerprint: Fingerprint? { verdict.fingerprint }
  /// Whether it killed its process or hung.
  package var isDeadly: Bool { fingerprint?.invariant == "calls-return" }
}

extension Finding: Codable {
  private enum Key: String, CodingKey {
    case program, commands, backend, verdict, origin, account, evaluations, minimality
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    program = try container.decode(Program.self, forKey: .program)
    backend = try container.decode(Backend.self, forKey: .backend)
    verdict = try container.decode(Verdict.self, forKey: .verdict)
    origin = try container.decode(Origin.self, forKey: .origin)
    account = try container.decodeIfPresent(Account.self, forKey: .account)
    evaluations = try container.decodeIfPresent(Int.self, forKey: .evaluations)
    minimality = try container.decodeIfPresent(Minimality.self, forKey: .minimality)
  }

  /// With the number of commands, which a reader of JSON would have to count.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(program, forKey: .program)
    try container.encode(program.steps.count, forKey: .commands)
    try container.encode(backend, forKey: .backend)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(origin, forKey: .origin)
    try container.encodeIfPresent(account, forKey: .account)
    try container.encodeIfPresent(evaluations, forKey: .evaluations)
    try container.encodeIfPresent(minimality, forKey: .minimality)
  }
}

extension Finding: CustomStringConvertible {
  /// What is violated, by which evidence, and the program.
  package var description: String {
    let violated = verdict.violations.map { violation in
      "\(violation.id): \(violation.sentence)\n  \(violation.evidence.text)"
    }
    let place = "on \(backend.id), step \(verdict.failingStep + 1) of \(program.steps.count)"
    return (violated + [place, program.text]).joined(separator: "\n")
  }
}
