import SharingModel

/// What came of a campaign: the one object that `--format json` prints.
public struct RunReport: Codable, Equatable, Sendable {
  /// A way to fail, with the smallest program found for it.
  public struct Violation: Codable, Equatable, Sendable {
    /// The first in order of precedence, and the kind of command: what the program was shrunk for.
    public var invariant: String
    public var command: String
    public var backend: String
    /// The length of the shrunk program.
    public var commands: Int
    public var program: String
    public var evidence: String
    /// What else is violated at the same event.
    public var beside: [Beside]
    public var evaluations: Int
    public var reproduce: String
    /// Where the program is kept, if it is.
    public var file: String?
  }

  public struct Beside: Codable, Equatable, Sendable {
    public var invariant: String
    public var evidence: String
  }

  /// "holds" or "violated".
  public var verdict: String
  public var seed: UInt64
  public var programs: UInt64
  public var commands: Int
  public var seconds: Double
  public var commandsPerSecond: Int
  public var discards: Int
  /// One for each way to fail, in the order in which they were found.
  public var violations: [Violation]
  /// How many programs more failed in one of these ways.
  public var repeats: Int

  public init(
    seed: UInt64, programs: UInt64, commands: Int, discards: Int, seconds: Double,
    counterexamples: [Counterexample], repeats: Int
  ) {
    self.seed = seed
    self.programs = programs
    self.commands = commands
    self.discards = discards
    self.seconds = seconds
    self.commandsPerSecond = seconds > 0 ? Int(Double(commands) / seconds) : 0
    self.repeats = repeats
    verdict = counterexamples.isEmpty ? "holds" : "violated"
    violations = counterexamples.compactMap(Violation.init)
  }
}

extension RunReport.Violation {
  /// Nil where nothing is violated.
  init?(_ example: Counterexample) {
    guard let first = example.trace.violations.first else { return nil }
    invariant = first.invariant
    command = example.trace.failingCommand
    backend = example.trace.backend
    commands = example.program.steps.count
    program = example.program.text
    evidence = first.evidence
    beside = example.trace.violations.dropFirst().map {
      RunReport.Beside(invariant: $0.invariant, evidence: $0.evidence)
    }
    evaluations = example.evaluations ?? 0
    reproduce = example.reproduce
    file = example.file
  }
}
