import Foundation
import ProgramText
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

  /// The text of a small file.
  static func text(_ path: String) throws -> String {
    let content = try read(path, limit: ProgramFile.sizeLimit + 1)
    guard content.count <= ProgramFile.sizeLimit else {
      throw ToolFailure.badInput("\(path): too large")
    }
    return String(decoding: content, as: UTF8.self)
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

  /// Writes a text to a file: all of it, or the file stays what it was.
  static func write(_ text: String, to path: String) throws {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      // A device or a link takes what it is given, and nothing may stand in its place.
      return try create(text, path, O_TRUNC, path)
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let hidden = ".\(parts.last ?? "").\(getpid())"
    let temporary = (parts.dropLast().map(String.init) + [hidden]).joined(separator: "/")
    do {
      try create(text, temporary, O_EXCL, path)
      guard rename(temporary, path) == 0 else { throw ToolFailure.cannotCreate(unwritable(path)) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// - Parameter name: what the file is called in a complaint.
  private static func create(
    _ text: String, _ path: String, _ flags: Int32, _ name: String
  ) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
    guard file >= 0 else { throw ToolFailure.cannotCreate(unwritable(name)) }
    // A full disk may show only when all is really written.
    let isWritten = Terminal.write(text, to: file) && (fsync(file) == 0 || errno == EINVAL)
    let complaint = unwritable(name)
    guard close(file) == 0, isWritten else { throw ToolFailure.cannotPrint(complaint) }
  }

  private static func unwritable(_ path: String) -> String {
    "\(path): cannot be written: \(String(cString: strerror(errno)))"
  }
}
