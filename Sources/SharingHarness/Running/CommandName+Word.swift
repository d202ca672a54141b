import SharingModel

extension CommandName {
  /// What reports call it.
  public var word: String {
    switch self {
    case .start: "start"
    case .command(let kind): kind.word
    case .end: "end"
    }
  }

  /// The name that reports call so.
  public init?(word: some StringProtocol) {
    switch word {
    case "start": self = .start
    case "end": self = .end
    default:
      guard let kind = Command.Kind(word: word) else { return nil }
      self = .command(kind)
    }
  }
}

extension Fingerprint {
  /// The way to fail as one word: invariant and kind of command.
  public var word: String { "\(invariant)/\(command.word)" }

  /// The way to fail that is written so.
  public init?(word: some StringProtocol) {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let command = CommandName(word: parts[1]) else { return nil }
    self.init(invariant: String(parts[0]), command: command)
  }
}
