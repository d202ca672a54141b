import Glibc

/// Fuzzes where libFuzzer is linked, and replays the files given as arguments where it is not.
///
/// A harness is one line, `exit(fuzzOrReplay(harness))`, and the same binary serves for both.
/// Built by `swift build -Xswiftc -sanitize=fuzzer`, it takes libFuzzer's arguments. Otherwise the
/// arguments are files, or directories of files: one line for each, the counts, and an exit code
/// that is 0 if all holds, 1 if something is violated, 65 if something cannot be read.
public func fuzzOrReplay(_ harness: FuzzHarness) -> Int32 {
  StateCounters.isOn = true
  guard let run = libFuzzerDriver() else {
    return Replay(harness).run(CommandLine.arguments.dropFirst())
  }
  return fuzz(harness, run)
}

/// The value of an environment variable that must be one of a few; an unknown one ends the program.
public func environmentChoice(_ variable: String, among known: [String]) -> String? {
  guard let text = getenv(variable) else { return nil }
  let value = String(cString: text)
  if known.contains(value) { return value }
  endWrongly(
    ExitCode.wrongUsage,
    "\(variable)=\(value) is not known; one of: \(known.joined(separator: ", "))")
}

/// The file that an environment variable names.
public func environmentFile(_ variable: String) -> String? {
  getenv(variable).map { String(cString: $0) }
}

/// Ends the program for what the environment asks of it, with one line.
public func endWrongly(_ code: Int32, _ line: String) -> Never {
  complain(line)
  exit(code)
}

/// Says something to whoever watches, past all buffers.
public func complain(_ line: String) {
  var text = line + "\n"
  text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
}
