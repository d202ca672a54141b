/// In what way a program of a machine fails; what exactly was seen is told by its transcript.
public struct MachineFailure: Hashable, Sendable {
  /// What did not hold.
  public enum Check: Hashable, Sendable {
    /// An invariant, by its name.
    case invariant(String)
    /// What the command ensures.
    case postcondition
    /// A step of the teardown, by its name.
    case teardown(String)
  }

  /// What did not hold.
  public let check: Check
  /// The command after which it did not; `nil` at the start and in the teardown.
  public let command: String?

  /// Describes a failure.
  public init(_ check: Check, after command: String? = nil) {
    self.check = check
    self.command = command
  }
}

extension MachineFailure: CustomStringConvertible {
  public var description: String {
    let what =
      switch check {
      case .invariant(let name): "invariant “\(name)”"
      case .postcondition: "postcondition"
      case .teardown(let name): "teardown “\(name)”"
      }
    return command.map { "\(what) of \($0)" } ?? what
  }
}
