import Foundation
import SharingHarness
import SharingModel

/// Reading programs from files and writing them.
enum Files {
  /// The program in a file.
  static func program(_ path: String, bytes: Bool) throws -> Program {
    let content = try read(path, limit: ProgramFile.sizeLimit + 1)
    do {
      return try ProgramFile.program(content, path: path, forcingBytes: bytes)
    } catch {
      throw ToolFailure.badInput("\(path): \(error)")
    }
  }

  private static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw unreadable(path) }
    defer { close(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while content.count < limit {
      let count = Foundation.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { break }
      content += buffer[..<count]
    }
    return content
  }

  private static func unreadable(_ path: String) -> ToolFailure {
    .badInput("\(path): cannot be read: \(String(cString: strerror(errno)))")
  }

  static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw ToolFailure.cannotCreate(
        "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    guard Terminal.write(text, to: file) else {
      throw ToolFailure.cannotPrint(
        "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}
