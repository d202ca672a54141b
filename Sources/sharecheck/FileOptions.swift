import ArgumentParser
import SharingHarness
import SharingModel

/// How files are read, for the verbs that take some.
struct FileOptions: ParsableArguments {
  @Flag(help: "The files hold the bytes of a fuzzer, whatever their names.")
  var bytes = false

  @OptionGroup var patience: PatienceOptions

  func program(_ path: String) throws -> Program { try Files.program(path, bytes: bytes) }
}

/// What the verbs that take files say about them.
enum FileHelp {
  static let discussion = """
    A file holds the text of a program, as run prints it, or the bytes of a fuzzer. Bytes are \
    believed where libFuzzer's name says so (crash-…, leak-…, timeout-…, oom-…, slow-unit-…, \
    minimized-from-…, or 40 hexadecimal digits), in a folder corpora/coverage, or with --bytes; \
    everything else must be text.
    """
}

extension String {
  /// The text as one word of a shell.
  var shellWord: String {
    let isPlain = unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "/._-+,=:@%".unicodeScalars.contains($0)
    }
    if isPlain && !isEmpty { return self }
    let parts = split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
  }
}
