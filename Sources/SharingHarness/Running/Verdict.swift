import MemorySharing
import SharingModel

/// What came of running one program on one backend.
public struct Verdict: Sendable {
  /// The invariants violated at the first failing event, in order of precedence; empty if all held.
  public let violations: [Violation]
  /// The step at which that was; the number of steps stands for the drop at the end, and -1 for the
  /// init before the first.
  public let failingStep: Int
  /// What was going on then.
  public let failingCommand: CommandName
  public let hash: UInt64
  /// The first step that came to nothing.
  public let idle: Idle?

  public var holds: Bool { violations.isEmpty }

  /// What a shrunk program must keep: nil if all held.
  public var fingerprint: Fingerprint? {
    violations.first.map { Fingerprint(invariant: $0.id, command: failingCommand) }
  }
}

/// A violation as far as two programs can have the same.
public struct Fingerprint: Hashable, Sendable {
  public let invariant: String
  public let command: CommandName

  /// A teardown is one thing, whether the program asks for it or the drop at its end brings it.
  public init(invariant: String, command: CommandName) {
    self.invariant = invariant
    self.command = command == .command(.unshareAll) ? .end : command
  }
}

/// The kind of a command, or the beginning or the end of a program.
public enum CommandName: Hashable, Sendable {
  case start
  case command(Command.Kind)
  case end
}
