import SharingModel

/// What came of a campaign: the one object that `--format json` prints.
public struct RunReport: Codable, Equatable, Sendable {
  public struct Violation: Codable, Equatable, Sendable {
    public var invariant: String
    public var backend: String
    /// The length of the shrunk program.
    public var commands: Int
    public var program: String
    public var evidence: String
    public var evaluations: Int
    public var reproduce: String
  }

  /// "holds" or "violated".
  public var verdict: String
  public var seed: UInt64
  public var programs: UInt64
  public var commands: Int
  public var seconds: Double
  public var commandsPerSecond: Int
  public var discards: Int
  /// The invariants violated at one event, in order of precedence: the first is the one that the
  /// program was shrunk for.
  public var violations: [Violation]

  public init(
    seed: UInt64, programs: UInt64, commands: Int, discards: Int, seconds: Double,
    counterexample: Counterexample?
  ) {
    self.seed = seed
    self.programs = programs
    self.commands = commands
    self.discards = discards
    self.seconds = seconds
    self.commandsPerSecond = seconds > 0 ? Int(Double(commands) / seconds) : 0
    verdict = counterexample == nil ? "holds" : "violated"
    violations =
      counterexample.map { example in
        example.trace.violations.map {
          Violation(
            invariant: $0.invariant, backend: example.trace.backend,
            commands: example.program.steps.count, program: example.program.text,
            evidence: $0.evidence, evaluations: example.evaluations ?? 0,
            reproduce: example.reproduce)
        }
      } ?? []
  }
}
