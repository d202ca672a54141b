import Foundation
import ProgramText
import Reports
import SharingHarness
import Testing

/// The built binary, which lies beside the test bundle.
enum Tool {
  struct Result {
    var code: Int32
    var output: String
    var errors: String

    var lines: [Substring] { output.split(separator: "\n") }

    /// Standard error as lines; every failure is one.
    var complaints: [Substring] { errors.split(separator: "\n") }
  }

  /// Where the binary lies.
  static var path: String {
    get throws {
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe").asFile
        .deletingLastPathComponent().appendingPathComponent("sharecheck").path
    }
  }

  static func run(_ arguments: String...) throws -> Result { try run(arguments) }

  /// What a run reports as JSON.
  static func report(_ arguments: String...) throws -> RunReport { try report(arguments) }

  static func report(_ arguments: [String]) throws -> RunReport {
    let result = try run(arguments + ["--format", "json"])
    return try JSONDecoder().decode(RunReport.self, from: Data(result.output.utf8))
  }

  /// - Parameter meddle: what somebody does to its first child, once that has begun.
  static func run(
    _ arguments: [String], executable: String? = nil, meddle: ((pid_t) -> Void)? = nil
  ) throws -> Result {
    let process = Process()
    process.executableURL = try (executable ?? path).asFile
    process.arguments = arguments
    let (output, errors) = (try Scratch(), try Scratch())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output.url)
    process.standardError = try FileHandle(forWritingTo: errors.url)
    try process.run()
    if let meddle { try meddleWithChild(of: process, meddle) }
    process.waitUntilExit()
    return Result(
      code: process.terminationStatus, output: try output.text, errors: try errors.text)
  }

  private static func meddleWithChild(of process: Process, _ meddle: (pid_t) -> Void) throws {
    while process.isRunning {
      Thread.sleep(forTimeInterval: 0.5)
      guard let child = try child(of: process.processIdentifier) else { continue }
      meddle(child)
      return
    }
  }

  /// The first child of a process, as the kernel's list of all processes has it.
  private static func child(of parent: Int32) throws -> Int32? {
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
    let child = names.first { name in
      guard name.allSatisfy(\.isNumber),
        let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)
      else { return false }
      // The name in parentheses may hold anything; the state and the parent follow it.
      let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && fields[1] == "\(parent)"
    }
    return child.flatMap(Int32.init)
  }
}

/// A file that lives as long as a test needs it.
final class Scratch {
  let url: URL

  init(_ content: [UInt8] = [], name: String = "") throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sharecheck-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = folder.appendingPathComponent(name.isEmpty ? "file" : name)
    try Data(content).write(to: url)
  }

  convenience init(_ text: String, name: String = "") throws {
    try self.init(Array(text.utf8), name: name)
  }

  deinit { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }

  var path: String { url.path }
  var text: String { get throws { try String(contentsOf: url, encoding: .utf8) } }
}

extension String {
  fileprivate var asFile: URL { URL(fileURLWithPath: self) }
}
