/// The choices of one record: the configuration or one command.
public struct Record: Hashable, Sendable {
  /// The number of bytes the record takes in a byte string; `nil` if as many as it needs.
  public let width: Int?
  /// What was chosen, in the order it was asked for.
  public var choices: [Choice]
  /// What belongs together, in the order of the beginnings; as it was when the choices were made.
  public internal(set) var spans: [Span] = []

  /// Makes a record.
  public init(width: Int?, choices: [Choice] = []) {
    self.width = width
    self.choices = choices
  }

  mutating func beginSpan(_ kind: Span.Kind) -> Int {
    spans.append(Span(kind: kind, choices: choices.count..<choices.count))
    return spans.count - 1
  }

  mutating func endSpan(_ span: Int, as kind: Span.Kind?) {
    spans[span].choices = spans[span].choices.lowerBound..<choices.count
    if let kind { spans[span].kind = kind }
  }
}

extension Record {
  /// Negative if this record's values are lower than the other's, 0 if they are the same.
  func compare(_ other: Record) -> Int {
    for (mine, its) in zip(choices, other.choices) where mine.value != its.value {
      return mine.value < its.value ? -1 : 1
    }
    return choices.count - other.choices.count
  }
}
