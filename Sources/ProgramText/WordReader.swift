import SharingModel
import SimulatedHypervisors

/// Reads the words of one line, one after the other.
struct WordReader {
  let line: Int
  private var words: ArraySlice<Substring>

  init(_ text: String, line: Int) {
    self.line = line
    words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
  }

  var next: Substring? { words.first }

  func error(_ problem: ProgramTextError.Problem) -> ProgramTextError {
    ProgramTextError(line: line, problem: problem)
  }

  mutating func word(_ wanted: String) throws(ProgramTextError) -> String {
    guard let word = words.popFirst() else { throw error(.missing(wanted)) }
    return String(word)
  }

  mutating func finish() throws(ProgramTextError) {
    if let word = words.first { throw error(.surplus(String(word))) }
  }

  /// Takes the next word if it is this one.
  mutating func take(_ word: String) -> Bool {
    guard words.first.map(String.init) == word else { return false }
    words.removeFirst()
    return true
  }

  mutating func expect(_ wanted: String) throws(ProgramTextError) {
    let word = try word("\"\(wanted)\"")
    guard word == wanted else { throw error(.unknownWord(word, wanted: "\"\(wanted)\"")) }
  }

  /// One of some words, by its index.
  mutating func index(
    _ wanted: String, among words: [String]
  ) throws(ProgramTextError) -> Int {
    let word = try word(wanted)
    guard let index = words.firstIndex(of: word) else {
      let all = words.joined(separator: ", ")
      throw error(.unknownWord(word, wanted: "\(wanted) (\(all))"))
    }
    return index
  }

  mutating func slot() throws(ProgramTextError) -> Slot {
    let word = try word("a slot")
    guard let slot = Slot(name: word) else {
      throw error(.unknownWord(word, wanted: "a slot from a to h"))
    }
    return slot
  }

  mutating func number(
    _ wanted: String, in range: ClosedRange<UInt64> = 0...UInt64.max
  ) throws(ProgramTextError) -> UInt64 {
    try number(word(wanted), wanted, in: range)
  }

  /// A number in decimal, or in hexadecimal after 0x.
  func number(
    _ word: String, _ wanted: String, in range: ClosedRange<UInt64> = 0...UInt64.max
  ) throws(ProgramTextError) -> UInt64 {
    let isHex = word.hasPrefix("0x")
    let digits = isHex ? word.dropFirst(2) : word[...]
    guard !digits.isEmpty, digits.allSatisfy({ isHex ? $0.isHexDigit : $0.isWholeNumber }) else {
      throw error(.notANumber(word))
    }
    guard let number = UInt64(digits, radix: isHex ? 16 : 10) else {
      throw error(.numberTooLarge(word))
    }
    guard range.contains(number) else { throw error(.outOfBounds(word, what: wanted, range)) }
    return number
  }

  mutating func faultMode() throws(ProgramTextError) -> FaultMode {
    let words = FaultModeWord.allCases
    let kind = words[try index("a kind of failure", among: words.map(\.rawValue))]
    guard next != nil, next != "!" else { return kind.usual }
    switch kind {
    case .fails:
      let word = try word("an answer")
      guard let answer = Int64(word), answer < 0 else { throw error(.notANumber(word)) }
      return .fails(answer: answer)
    case .answersGarbage: return .answersGarbage(try number("answer"))
    case .failsButTakesEffect: return kind.usual
    }
  }
}
