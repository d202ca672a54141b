/// Words that the house does not use, in comments, string literals, argument labels and Markdown.
struct BannedWords {
  struct Ban: Sendable {
    /// In lower case; blanks match any blanks and line ends. A colon at the end means an argument
    /// label.
    let words: String
    let instead: String
    /// How many places may still have it. To be lowered to what is left, and at last to 0.
    var atMost = 0
  }

  static let list: [Ban] = [
    Ban(words: "came to nothing", instead: "was a no-op, did not fire"),
    Ban(words: "comes to nothing", instead: "is a no-op, does not fire"),
    Ban(words: "come to nothing", instead: "are no-ops, do not fire"),
    Ban(words: "behind:", instead: "after:"),
    Ban(words: "stands behind", instead: "follows, comes after"),
    Ban(words: "comes behind", instead: "follows, comes after"),
    Ban(words: "never strike", instead: "never fire"),
    Ban(words: "did not strike", instead: "did not fire"),
    Ban(words: "go on alike", instead: "behave equally"),
    Ban(words: "makes no sense", instead: "what is wrong with it"),
  ]

  /// The guide to style names them, beside what to say instead.
  static let guide = "docs/WRITING.md"

  static func complaints(_ checkout: Checkout, list: [Ban] = list) -> [Complaint] {
    var complaints: [Complaint] = []
    var found: [[Complaint]] = list.map { _ in [] }
    let phrases = list.map { $0.words.hasSuffix(":") ? [] : Array($0.words.utf8) }
    for file in checkout.all(where: { $0.hasSuffix(".swift") || $0.hasSuffix(".md") }) {
      if file.path.hasPrefix("Tests/TidyTests/") || file.path == guide { continue }
      let prose = file.swift.map(prose) ?? prose(file)
      for place in prose.places(of: phrases) + labels(list, file.swift) {
        let ban = list[place.ban]
        found[place.ban].append(
          Complaint(file.path, place.line, "\"\(ban.words)\": say \(ban.instead)"))
      }
    }
    for (ban, places) in zip(list, found) where places.count > ban.atMost { complaints += places }
    return complaints
  }

  private struct Place {
    /// Its index in the list.
    let ban: Int
    let line: Int
  }

  /// Where an argument label or a parameter has a banned name.
  private static func labels(_ list: [Ban], _ text: SwiftText?) -> [Place] {
    guard let tokens = text?.tokens else { return [] }
    var names: [String: Int] = [:]
    for (index, ban) in list.enumerated() where ban.words.hasSuffix(":") {
      names[String(ban.words.dropLast())] = index
    }
    return tokens.indices.dropFirst().dropLast().compactMap { index in
      guard tokens[index].kind == .word, let ban = names[tokens[index].text] else { return nil }
      let before = tokens[index - 1].text
      let after = tokens[index + 1]
      guard before == "(" || before == ",", after.kind != .symbol || after.text == ":" else {
        return nil
      }
      return Place(ban: ban, line: tokens[index].line)
    }
  }

  /// Text in lower case, one blank between words, that knows its lines.
  private struct Prose {
    var text: [UInt8] = []
    /// Where each line begins in `text`.
    var starts: [(offset: Int, line: Int)] = []

    /// Adds a line; one that does not follow the last is kept apart.
    mutating func add(_ line: String, at number: Int) {
      if let last = starts.last { text.append(number - last.line > 1 ? 0x0A : 0x20) }
      starts.append((text.count, number))
      for byte in line.utf8 {
        let isBlank = byte == 0x20 || byte == 0x09
        if isBlank, text.last == 0x20 || text.count == starts.last!.offset { continue }
        text.append(isBlank ? 0x20 : byte &- 65 < 26 ? byte | 0x20 : byte)
      }
      if text.last == 0x20 { text.removeLast() }
    }

    func places(of phrases: [[UInt8]]) -> [Place] {
      // The phrases by their first letter.
      var byFirst: [[Int]] = Array(repeating: [], count: 256)
      for (index, phrase) in phrases.enumerated() where !phrase.isEmpty {
        byFirst[Int(phrase[0])].append(index)
      }
      var places: [Place] = []
      text.withUnsafeBufferPointer { text in
        var before: UInt8 = 0
        for index in 0..<text.count {
          let byte = text[index]
          if !isLetter(before), !byFirst[Int(byte)].isEmpty {
            for ban in byFirst[Int(byte)] where matches(text, phrases[ban], index) {
              places.append(Place(ban: ban, line: starts.last { $0.offset <= index }?.line ?? 0))
            }
          }
          before = byte
        }
      }
      return places
    }

    private func matches(
      _ text: UnsafeBufferPointer<UInt8>, _ phrase: [UInt8], _ start: Int
    ) -> Bool {
      let end = start + phrase.count
      guard end <= text.count else { return false }
      for offset in 1..<phrase.count where text[start + offset] != phrase[offset] { return false }
      return end == text.count || !isLetter(text[end])
    }

    private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
  }

  private static func prose(_ swift: SwiftText) -> Prose {
    var prose = Prose()
    for piece in (swift.comments + swift.strings).sorted(by: { $0.line < $1.line }) {
      prose.add(piece.text, at: piece.line)
    }
    return prose
  }

  private static func prose(_ markdown: SourceFile) -> Prose {
    var prose = Prose()
    for line in MarkdownText(markdown).lines where line.kind != .code && line.kind != .blank {
      prose.add(String(line.text), at: line.number)
    }
    return prose
  }
}
