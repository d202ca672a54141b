/// Why a command line could not do what it was asked: an exit code of sysexits.h and one line.
struct ToolFailure: Error, Codable {
  let code: Int32
  let line: String

  static func usage(_ line: String) -> ToolFailure { ToolFailure(code: 64, line: line) }
  static func badInput(_ line: String) -> ToolFailure { ToolFailure(code: 65, line: line) }
  /// A program of which nothing could be checked.
  static func unplayable(_ file: String) -> ToolFailure {
    .badInput("\(file): no backend can run it")
  }
  static func internalError(_ line: String) -> ToolFailure { ToolFailure(code: 70, line: line) }
  static func cannotCreate(_ line: String) -> ToolFailure { ToolFailure(code: 73, line: line) }
  static func cannotPrint(_ line: String) -> ToolFailure { ToolFailure(code: 74, line: line) }
}

/// What a verb throws when it has reported a violation: exit code 1, and nothing more to say.
struct Violated: Error {}
