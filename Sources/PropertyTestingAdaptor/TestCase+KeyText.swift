import PropertyTesting

/// What is wrong with the text of a kept value.
package enum ChoicesTextError: Error, CustomStringConvertible {
  case notChoices

  package var description: String { "it is no list of choices" }
}

extension TestCase {
  /// The numbers of the case's key, one line of them.
  package var keyText: String { key.map { String($0) }.joined(separator: " ") }

  /// Reads the case of such a line; lines that begin with `#` say nothing.
  package init(keyText text: String) throws {
    let words = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
      .flatMap { $0.split(separator: " ") }
    let numbers = words.compactMap { UInt64($0) }
    guard !numbers.isEmpty, numbers.count == words.count, let testCase = TestCase(key: numbers)
    else { throw ChoicesTextError.notChoices }
    self = testCase
  }
}
