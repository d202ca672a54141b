/// What a file in Swift consists of: tokens, comments and string literals, apart from each other.
struct SwiftText: Sendable {
  enum Kind: Sendable {
    case word
    case number
    case symbol
    /// A string literal; its text is what stands between the quotes, as written.
    case literal
  }

  struct Token: Sendable {
    let kind: Kind
    let text: String
    /// From 1.
    let line: Int
    /// Whether it belongs to an interpolation.
    let isInterpolated: Bool
  }

  /// A line of a comment or a string literal.
  struct Piece: Sendable {
    let line: Int
    let text: String
  }

  private(set) var tokens: [Token] = []
  /// Line by line; `//` and `/*` are cut off.
  private(set) var comments: [Piece] = []
  private(set) var strings: [Piece] = []

  init(_ bytes: [UInt8]) {
    var scanner = Scanner(bytes: bytes)
    bytes.withUnsafeBufferPointer { scanner.scan($0) }
    tokens = scanner.tokens
    comments = scanner.comments
    strings = scanner.strings
  }

  init(_ text: String) { self.init(Array(text.utf8)) }

  /// All words, those of interpolations included.
  var words: Set<String> {
    var words: Set<String> = []
    for token in tokens where token.kind == .word { words.insert(token.text) }
    return words
  }
}

/// Splits Swift into tokens. It knows comments, nested ones too, strings of all forms with their
/// interpolations, and back-quoted names; it knows no regular expression literals.
private struct Scanner {
  var tokens: [SwiftText.Token] = []
  var comments: [SwiftText.Piece] = []
  var strings: [SwiftText.Piece] = []
  private var position = 0
  private var line = 1
  private var interpolations = 0

  init(bytes: [UInt8]) {
    tokens.reserveCapacity(bytes.count / 5)
  }

  mutating func scan(_ text: UnsafeBufferPointer<UInt8>) {
    while position < text.count { scanToken(text) }
  }

  private mutating func scanToken(_ text: UnsafeBufferPointer<UInt8>) {
    let byte = text[position]
    if byte == newline {
      line += 1
      position += 1
    } else if byte == space {
      position += 1
    } else if isWordStart(byte) {
      let start = position
      repeat { position += 1 } while position < text.count && isWordPart(text[position])
      add(.word, text, start..<position)
    } else if isDigit(byte) {
      let start = position
      repeat {
        position += 1
      } while position < text.count
        && (isWordPart(text[position])
          || text[position] == dot && position + 1 < text.count && isDigit(text[position + 1]))
      add(.number, text, start..<position)
    } else if byte == slash, position + 1 < text.count, text[position + 1] == slash {
      scanLineComment(text)
    } else if byte == slash, position + 1 < text.count, text[position + 1] == star {
      scanBlockComment(text)
    } else if byte == quote {
      scanString(text, hashes: 0)
    } else if byte == hash, let hashes = hashesBeforeQuote(text) {
      position += hashes
      scanString(text, hashes: hashes)
    } else if byte == backquote {
      let start = position + 1
      repeat { position += 1 } while position < text.count && text[position] != backquote
      add(.word, text, start..<position)
      position += 1
    } else {
      add(.symbol, text, position..<position + 1)
      position += 1
    }
  }

  private mutating func add(
    _ kind: SwiftText.Kind, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) {
    tokens.append(
      SwiftText.Token(
        kind: kind, text: string(text, range), line: line, isInterpolated: interpolations > 0))
  }

  private func string(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: text[range]), as: UTF8.self)
  }

  private mutating func scanLineComment(_ text: UnsafeBufferPointer<UInt8>) {
    while position < text.count, text[position] == slash { position += 1 }
    let start = position
    while position < text.count, text[position] != newline { position += 1 }
    comments.append(SwiftText.Piece(line: line, text: string(text, start..<position)))
  }

  private mutating func scanBlockComment(_ text: UnsafeBufferPointer<UInt8>) {
    position += 2
    var depth = 1
    var start = position
    while position < text.count, depth > 0 {
      let next = position + 1 < text.count ? text[position + 1] : 0
      if text[position] == star, next == slash {
        depth -= 1
        position += 2
      } else if text[position] == slash, next == star {
        depth += 1
        position += 2
      } else {
        if text[position] == newline {
          comments.append(SwiftText.Piece(line: line, text: string(text, start..<position)))
          line += 1
          start = position + 1
        }
        position += 1
      }
    }
    comments.append(SwiftText.Piece(line: line, text: string(text, start..<position)))
  }

  /// How many `#` stand here, if a string begins after them.
  private func hashesBeforeQuote(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var end = position
    while end < text.count, text[end] == hash { end += 1 }
    return end < text.count && text[end] == quote ? end - position : nil
  }

  private func quotes(_ text: UnsafeBufferPointer<UInt8>, _ position: Int, _ count: Int) -> Bool {
    guard position + count <= text.count else { return false }
    for offset in 0..<count where text[position + offset] != quote { return false }
    return true
  }

  private func hashes(_ text: UnsafeBufferPointer<UInt8>, _ position: Int, _ count: Int) -> Bool {
    guard position + count <= text.count else { return false }
    for offset in 0..<count where text[position + offset] != hash { return false }
    return true
  }

  private mutating func scanString(_ text: UnsafeBufferPointer<UInt8>, hashes count: Int) {
    let width = quotes(text, position, 3) ? 3 : 1
    position += width
    let token = tokens.count
    let first = line
    let start = position
    var piece = position
    while position < text.count {
      let byte = text[position]
      if byte == backslash, hashes(text, position + 1, count) {
        position += 1 + count
        guard position < text.count else { break }
        if text[position] == open {
          scanInterpolation(text)
        } else {
          if text[position] == newline { line += 1 }
          position += 1
        }
      } else if byte == quote, quotes(text, position, width), hashes(text, position + width, count)
      {
        break
      } else if byte == newline {
        if width == 1 { break }
        strings.append(SwiftText.Piece(line: line, text: string(text, piece..<position)))
        line += 1
        position += 1
        piece = position
      } else {
        position += 1
      }
    }
    strings.append(SwiftText.Piece(line: line, text: string(text, piece..<position)))
    tokens.insert(
      SwiftText.Token(
        kind: .literal, text: string(text, start..<position), line: first,
        isInterpolated: interpolations > 0), at: token)
    position = min(position + width + count, text.count)
  }

  private mutating func scanInterpolation(_ text: UnsafeBufferPointer<UInt8>) {
    interpolations += 1
    var depth = 0
    repeat {
      if text[position] == open { depth += 1 }
      if text[position] == close { depth -= 1 }
      scanToken(text)
    } while position < text.count && depth > 0
    interpolations -= 1
  }

  private let newline = UInt8(ascii: "\n")
  private let space = UInt8(ascii: " ")
  private let dot = UInt8(ascii: ".")
  private let slash = UInt8(ascii: "/")
  private let star = UInt8(ascii: "*")
  private let quote = UInt8(ascii: "\"")
  private let hash = UInt8(ascii: "#")
  private let backquote = UInt8(ascii: "`")
  private let backslash = UInt8(ascii: "\\")
  private let open = UInt8(ascii: "(")
  private let close = UInt8(ascii: ")")

  private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  private func isWordStart(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte == 0x5F || byte == 0x24 || byte >= 0x80
  }

  private func isWordPart(_ byte: UInt8) -> Bool { isWordStart(byte) || isDigit(byte) }
}
