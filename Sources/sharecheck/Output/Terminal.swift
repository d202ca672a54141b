import Foundation

/// Standard output and standard error, without buffers, so that nothing is lost or out of order.
enum Terminal {
  static func print(_ text: String) throws {
    guard write(text + "\n", to: 1) else {
      throw ToolFailure.cannotPrint("standard output cannot be written")
    }
  }

  static func print(_ lines: [String]) throws { try print(lines.joined(separator: "\n")) }

  /// Writes one line about what went wrong.
  static func complain(_ line: String) { _ = write("sharecheck: \(line)\n", to: 2) }

  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    write(Array(text.utf8), to: descriptor)
  }

  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// A line on standard error that is updated in place, where somebody looks at it.
struct ProgressLine {
  private let isShown = isatty(2) == 1

  func show(_ text: @autoclosure () -> String) {
    if isShown { Terminal.write("\r\u{1b}[K\(text())", to: 2) }
  }

  func clear() {
    if isShown { Terminal.write("\r\u{1b}[K", to: 2) }
  }
}
