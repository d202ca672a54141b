/// One file of a checkout. Swift is scanned when it is read.
struct SourceFile: Sendable {
  let path: String
  /// Empty where the file holds a zero byte, and so is no text.
  let bytes: [UInt8]
  /// Of a file in Swift.
  let swift: SwiftText?

  init(path: String, bytes: [UInt8]) {
    self.path = path
    let isText = bytes.withUnsafeBufferPointer { text in !text.contains(0) }
    self.bytes = isText ? bytes : []
    swift = path.hasSuffix(".swift") ? SwiftText(bytes) : nil
  }

  init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The lines, without their ends.
  var lines: [Substring] {
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
