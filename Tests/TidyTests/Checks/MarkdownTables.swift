/// A table of Markdown has a separator below its head and as many cells in each row, and stands by
/// itself; fences and code spans are closed.
struct MarkdownTables {
  static func complaints(_ checkout: Checkout) -> [Complaint] {
    checkout.markdown.flatMap(complaints)
  }

  private static func complaints(_ file: SourceFile) -> [Complaint] {
    let text = MarkdownText(file)
    var complaints: [Complaint] = []
    if let line = text.openFence {
      complaints.append(Complaint(file.path, line, "nothing closes this fence"))
    }
    var rows: [MarkdownText.Line] = []
    for (index, line) in text.lines.enumerated() {
      if line.kind == .table {
        if rows.isEmpty, index > 0, text.lines[index - 1].kind == .prose {
          complaints.append(Complaint(file.path, line.number, "a table begins within a paragraph"))
        }
        rows.append(line)
      } else {
        if !rows.isEmpty, line.kind == .prose {
          complaints.append(
            Complaint(file.path, line.number, "text follows a table without a blank line"))
        }
        complaints += check(rows, file.path)
        rows = []
        if line.kind == .prose, isSeparator(line.text), line.text.contains("|") {
          complaints.append(Complaint(file.path, line.number, "a separator outside of a table"))
        }
      }
    }
    complaints += check(rows, file.path)
    for block in text.blocks where block.text.utf8.count(where: { $0 == 0x60 }) % 2 == 1 {
      complaints.append(Complaint(file.path, block.line, "a code span is not closed"))
    }
    return complaints
  }

  private static func check(_ rows: [MarkdownText.Line], _ path: String) -> [Complaint] {
    guard let head = rows.first else { return [] }
    var complaints: [Complaint] = []
    let width = cells(head.text)
    if rows.count < 2 || !isSeparator(rows[1].text) {
      complaints.append(Complaint(path, head.number, "a table without a separator below its head"))
    }
    for row in rows {
      let count = cells(row.text)
      if count != width {
        complaints.append(
          Complaint(path, row.number, "a row of \(count) cells in a table of \(width)"))
      }
      if !row.text.hasSuffix("|") {
        complaints.append(Complaint(path, row.number, "a row that does not end with |"))
      }
    }
    return complaints
  }

  private static func cells(_ row: Substring) -> Int {
    var count = -1
    var last: UInt8 = 0
    for byte in row.utf8 {
      if byte == UInt8(ascii: "|"), last != UInt8(ascii: "\\") { count += 1 }
      last = byte
    }
    return count
  }

  private static func isSeparator(_ text: Substring) -> Bool {
    text.contains("-") && text.utf8.allSatisfy { " |:-".utf8.contains($0) }
  }
}
