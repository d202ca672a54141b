import SharingModel

/// A violation as far as two programs can have the same: the first violated invariant in the order
/// of `Invariant.all`, which puts harm before tidiness, and the kind of command.
public struct Fingerprint: Hashable, Codable, Sendable {
  public let invariant: String
  public let command: CommandName

  /// A teardown is one thing, `end`, whether the program asks for it or the drop at its end brings
  /// it.
  public init(invariant: String, command: CommandName) {
    self.invariant = invariant
    self.command = command == .command(.unshareAll) ? .end : command
  }
}

/// The kind of a command, or the init before the first (`start`), or the teardown (`end`).
public enum CommandName: Hashable, Sendable {
  case start
  case command(Command.Kind)
  case end
}

extension CommandName {
  /// What reports call it.
  public var word: String {
    switch self {
    case .start: "start"
    case .command(let kind): kind.word
    case .end: "end"
    }
  }

  /// The command that reports call by this word; nil where there is none.
  public init?(word: String) {
    switch (word, Command.Kind(word: word)) {
    case ("start", _): self = .start
    case ("end", _): self = .end
    case (_, let kind?): self = .command(kind)
    default: return nil
    }
  }

  /// What goes on at a step of a program, as `Verdict.failingStep` counts.
  public init(step: Int, of program: Program) {
    switch step {
    case ..<0: self = .start
    case program.steps.count...: self = .end
    default: self = .command(program.steps[step].command.kind)
    }
  }
}

/// Written as its word.
extension CommandName: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let word = try container.decode(String.self)
    guard let name = CommandName(word: word) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no command \"\(word)\"")
    }
    self = name
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(word)
  }
}
