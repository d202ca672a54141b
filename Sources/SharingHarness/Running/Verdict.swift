import SharingModel

/// The result of running one program on one backend.
public struct Verdict: Equatable, Codable, Sendable {
  /// The invariants violated at the first failing event and, where that was no harm, the first harm
  /// of the same command; in order of precedence, and empty if all held.
  public var violations: [Violation]
  /// The step at which that was; the number of steps stands for the drop at the end, and -1 for the
  /// init before the first.
  public var failingStep: Int
  /// What was going on then.
  public var failingCommand: CommandName
  /// Stands for all that happened, in order.
  public var hash: UInt64
  /// The first step that was a no-op, or whose fault did not fire.
  public var noOp: NoOp?

  public init(
    violations: [Violation] = [], failingStep: Int = 0, failingCommand: CommandName = .end,
    hash: UInt64 = 0, noOp: NoOp? = nil
  ) {
    self.violations = violations
    self.failingStep = failingStep
    self.failingCommand = failingCommand
    self.hash = hash
    self.noOp = noOp
  }

  public var holds: Bool { violations.isEmpty }

  /// What a shrunk program must keep: nil if all held.
  public var fingerprint: Fingerprint? {
    violations.first.map { Fingerprint(invariant: $0.id, command: failingCommand) }
  }
}
