import PropertyTesting
import SharingModel

/// A file that holds a program, as text or as the bytes of a fuzzer.
///
/// Every byte string is a program to the grammar, so bytes are believed only where something says
/// that they are meant: the caller, the name that libFuzzer gives to what it writes, or a folder
/// `corpora/coverage`. All else must be text.
public enum ProgramFile {
  /// The most bytes that a file may have.
  public static var sizeLimit: Int { 16 << 20 }

  /// The program in a file.
  ///
  /// - Parameters:
  ///   - path: says whether libFuzzer wrote it.
  ///   - forcingBytes: whether the caller says that these are a fuzzer's bytes.
  public static func program(
    _ content: [UInt8], path: String, forcingBytes: Bool = false
  ) throws(ProgramFileError) -> Program {
    guard !content.isEmpty else { throw .empty }
    guard content.count <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }
    let isText = content.starts(with: "# sharecheck".utf8)
    if forcingBytes || (!isText && isFromFuzzer(path)) {
      var choices = Choices(bytes: content)
      let program = Grammar().program(from: &choices)
      guard program.steps.count <= Program.textLimit else {
        throw .tooLarge(limit: Program.textLimit * Grammar.commandWidth)
      }
      return program
    }
    do throws(ProgramTextError) {
      return try Program(utf8: content)
    } catch {
      throw .noProgram(error)
    }
  }

  /// Whether libFuzzer gives such names, to its findings and to what it keeps in a corpus, or the
  /// file lies in a folder `corpora/coverage`.
  public static func isFromFuzzer(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last else { return false }
    let prefixes = ["crash-", "leak-", "timeout-", "oom-", "slow-unit-", "minimized-from-"]
    if prefixes.contains(where: { name.hasPrefix($0) }) { return true }
    if name.utf8.count == 40, name.allSatisfy({ $0.isHexDigit }) { return true }
    return zip(parts, parts.dropFirst()).contains { $0 == "corpora" && $1 == "coverage" }
  }
}

/// Why a file holds no program.
public enum ProgramFileError: Error, Equatable, CustomStringConvertible {
  case empty
  case tooLarge(limit: Int)
  case noProgram(ProgramTextError)

  public var description: String {
    switch self {
    case .empty: "the file is empty"
    case .tooLarge(let limit): "the file is larger than \(limit) bytes"
    case .noProgram(let error): error.description
    }
  }
}
