/// The lines of a Markdown document by what they are.
struct MarkdownText: Sendable {
  enum Kind: Sendable {
    case heading
    case table
    /// Fenced or indented, fences included.
    case code
    case blank
    case prose
  }

  struct Line: Sendable {
    /// From 1.
    let number: Int
    let kind: Kind
    let text: Substring

    /// Whether it is one word, or a link that cannot be broken.
    var isLongLink: Bool {
      let words = text.split(separator: " ")
      return words.contains { $0.utf8.count > 80 } || text.hasPrefix("[") && text.contains("]: ")
    }
  }

  /// A link and where it begins.
  struct Link: Sendable {
    let target: String
    let line: Int
  }

  /// What stands together: a paragraph, a heading or a row of a table, in one line of text.
  struct Block: Sendable {
    let kind: Kind
    let text: String
    let line: Int
  }

  private(set) var lines: [Line] = []
  /// The line of a fence that nothing closes.
  private(set) var openFence: Int?

  init(_ file: SourceFile) {
    var fence: (mark: Substring, line: Int)?
    var isAfterBlank = true
    var isInList = false
    for (index, text) in file.lines.enumerated() {
      let number = index + 1
      let body = text.drop { $0 == " " }
      let indentation = text.utf8.count - body.utf8.count
      var kind = Kind.prose
      if let open = fence {
        kind = .code
        if body.hasPrefix(open.mark), body.drop(while: { $0 == open.mark.first! }).isEmpty {
          fence = nil
        }
      } else if body.hasPrefix("```") || body.hasPrefix("~~~") {
        kind = .code
        fence = (body.prefix { $0 == body.first! }, number)
      } else if body.isEmpty {
        kind = .blank
      } else if indentation >= 4, !isInList, isAfterBlank || lines.last?.kind == .code {
        kind = .code
      } else if body.hasPrefix("#"), body.drop(while: { $0 == "#" }).hasPrefix(" ") {
        kind = .heading
      } else if body.hasPrefix("|") {
        kind = .table
      }
      if kind == .prose {
        let isItem =
          body.hasPrefix("* ") || body.hasPrefix("- ") || body.hasPrefix("+ ")
          || body.drop(while: \.isNumber).hasPrefix(". ") && body.first!.isNumber
        if isItem { isInList = true } else if indentation == 0, isAfterBlank { isInList = false }
      } else if kind == .heading {
        isInList = false
      }
      isAfterBlank = kind == .blank || kind == .heading
      lines.append(Line(number: number, kind: kind, text: text))
    }
    openFence = fence?.line
  }

  /// Paragraphs, headings and rows.
  var blocks: [Block] {
    var blocks: [Block] = []
    var isOpen = false
    for line in lines {
      switch line.kind {
      case .blank, .code: isOpen = false
      case .heading, .table:
        blocks.append(Block(kind: line.kind, text: String(line.text), line: line.number))
        isOpen = false
      case .prose:
        if isOpen {
          let last = blocks.removeLast()
          blocks.append(
            Block(kind: .prose, text: last.text + "\n" + line.text, line: last.line))
        } else {
          blocks.append(Block(kind: .prose, text: String(line.text), line: line.number))
          isOpen = true
        }
      }
    }
    return blocks
  }

  /// The anchors of headings, as GitHub makes them, and those set by hand.
  var anchors: Set<String> {
    var anchors: Set<String> = []
    var counts: [String: Int] = [:]
    for line in lines where line.kind == .heading {
      let title = line.text.drop { $0 == "#" || $0 == " " }.lowercased()
      var anchor = ""
      for character in title {
        if character == " " {
          anchor += "-"
        } else if character.isLetter || character.isNumber || character == "-" || character == "_" {
          anchor.append(character)
        }
      }
      let count = counts[anchor, default: 0]
      counts[anchor] = count + 1
      anchors.insert(count == 0 ? anchor : "\(anchor)-\(count)")
    }
    for line in lines where line.kind != .code {
      for mark in ["id=\"", "name=\""] {
        for part in line.text.split(separator: mark).dropFirst() where line.text.contains(mark) {
          anchors.insert(String(part.prefix { $0 != "\"" }))
        }
      }
    }
    return anchors
  }

  /// All links outside of code.
  var links: [Link] {
    var links: [Link] = []
    for block in blocks {
      let text = Array(Self.withoutCode(block.text).utf8)
      var line = block.line
      var index = 0
      while index < text.count {
        if text[index] == UInt8(ascii: "\n") { line += 1 }
        if text[index] == UInt8(ascii: "]"), index + 1 < text.count,
          text[index + 1] == UInt8(ascii: "(")
        {
          if let end = text[index...].firstIndex(of: UInt8(ascii: ")")) {
            let target = String(decoding: text[(index + 2)..<end], as: UTF8.self)
            links.append(Link(target: String(target.prefix { $0 != " " }), line: line))
          }
        }
        if text[index] == UInt8(ascii: "<"), text[(index + 1)...].starts(with: Array("doc:".utf8)),
          let end = text[index...].firstIndex(of: UInt8(ascii: ">"))
        {
          links.append(
            Link(target: String(decoding: text[(index + 1)..<end], as: UTF8.self), line: line))
        }
        index += 1
      }
      if block.text.hasPrefix("["), let colon = block.text.firstRange(of: "]: ") {
        let target = block.text[colon.upperBound...].prefix { $0 != " " && $0 != "\n" }
        links.append(Link(target: String(target), line: block.line))
      }
    }
    return links
  }

  /// The code spans of all prose and tables.
  var codeSpans: [(text: String, line: Int)] {
    var spans: [(text: String, line: Int)] = []
    for block in blocks {
      var line = block.line
      for (index, part) in block.text.split(separator: "`", omittingEmptySubsequences: false)
        .enumerated()
      {
        if index % 2 == 1 { spans.append((String(part), line)) }
        line += part.utf8.count { $0 == UInt8(ascii: "\n") }
      }
    }
    return spans
  }

  /// The text with blanks in place of code spans.
  static func withoutCode(_ text: String) -> String {
    var isCode = false
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if byte == UInt8(ascii: "`") {
        isCode.toggle()
        bytes.append(byte)
      } else {
        bytes.append(isCode && byte != UInt8(ascii: "\n") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
