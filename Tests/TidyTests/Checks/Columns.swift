/// Swift keeps to 100 columns, comments too, and Markdown to 120 outside of tables, code and links;
/// neither has tabs or blanks at the end of a line.
struct Columns {
  static func complaints(_ checkout: Checkout) -> [Complaint] {
    var complaints: [Complaint] = []
    for file in checkout.all(where: { $0.hasSuffix(".swift") }) {
      complaints += blanks(file)
      for (index, width) in widths(file).enumerated() where width > 100 {
        complaints.append(Complaint(file.path, index + 1, "has \(width) columns, not 100"))
      }
    }
    for file in checkout.markdown {
      complaints += blanks(file)
      let widths = widths(file)
      guard widths.contains(where: { $0 > 120 }) else { continue }
      for line in MarkdownText(file).lines where widths[line.number - 1] > 120 {
        if line.kind == .code || line.kind == .table || line.isLongLink { continue }
        complaints.append(
          Complaint(file.path, line.number, "has \(widths[line.number - 1]) columns, not 120"))
      }
    }
    return complaints
  }

  /// The width of each line in characters: bytes that begin one.
  private static func widths(_ file: SourceFile) -> [Int] {
    var widths: [Int] = []
    var width = 0
    file.bytes.withUnsafeBufferPointer { bytes in
      for byte in bytes {
        if byte == 0x0A {
          widths.append(width)
          width = 0
        } else if byte & 0xC0 != 0x80 {
          width += 1
        }
      }
    }
    return widths + [width]
  }

  private static func blanks(_ file: SourceFile) -> [Complaint] {
    var complaints: [Complaint] = []
    var line = 1
    var last: UInt8 = 0
    file.bytes.withUnsafeBufferPointer { bytes in
      for byte in bytes {
        if byte == 0x09 { complaints.append(Complaint(file.path, line, "holds a tab")) }
        if byte == 0x0D { complaints.append(Complaint(file.path, line, "holds a carriage return")) }
        if byte == 0x0A {
          if last == 0x20 { complaints.append(Complaint(file.path, line, "ends with a blank")) }
          line += 1
        }
        last = byte
      }
    }
    if let last = file.bytes.last, last != 0x0A {
      complaints.append(Complaint(file.path, line, "ends without a new line"))
    }
    return complaints
  }
}
