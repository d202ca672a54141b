import Glibc

/// Runs a harness on files, one line for each.
struct Replay {
  private let harness: FuzzHarness
  private var held = 0
  private var violated = 0
  private var unreadable = 0

  init(_ harness: FuzzHarness) { self.harness = harness }

  /// Replays files and what lies directly in directories; answers the exit code.
  consuming func run(_ arguments: some Sequence<String>) -> Int32 {
    let arguments = Array(arguments)
    if arguments.count == 2, arguments[0] == "--shrink" { return shrink(arguments[1]) }
    if let option = arguments.first(where: { $0.hasPrefix("-") }) {
      complain(
        "\(harness.name): \(option) is for the fuzzer, which is not in this build; "
          + "build with -Xswiftc -sanitize=fuzzer, or give files to replay")
      return ExitCode.wrongUsage
    }
    if arguments.isEmpty {
      complain(
        "usage: \(harness.name) FILE|DIRECTORY…   replays inputs (this build cannot fuzz)\n"
          + "       \(harness.name) --shrink FILE    prints the least input that fails so")
      return ExitCode.wrongUsage
    }
    for argument in arguments { replay(argument) }
    print("\(harness.name): \(held) held, \(violated) violated, \(unreadable) unreadable")
    print(harness.summary)
    if violated > 0 { return ExitCode.violated }
    return unreadable > 0 ? ExitCode.badInput : ExitCode.holds
  }

  /// Prints the least input that fails as the one in a file does.
  private func shrink(_ path: String) -> Int32 {
    guard let shrink = harness.shrink else {
      complain("\(harness.name): its inputs are shrunk by sharecheck shrink")
      return ExitCode.wrongUsage
    }
    switch contents(of: path) {
    case .unreadable(let reason):
      complain("\(path): \(reason)")
      return ExitCode.badInput
    case .bytes(let bytes):
      guard let result = bytes.withUnsafeBytes(shrink) else {
        print("\(path): holds")
        return ExitCode.holds
      }
      print("# \(result.failure)")
      print(result.text, terminator: "")
      return ExitCode.violated
    }
  }

  private mutating func replay(_ path: String) {
    switch inputs(at: path) {
    case .files(let files):
      if files.isEmpty { note(unreadable: path, "the directory holds no input") }
      for file in files { replay(file: file) }
    case .unreadable(let reason): note(unreadable: path, reason)
    }
  }

  private mutating func replay(file: String) {
    switch contents(of: file) {
    case .bytes(let bytes):
      // The name comes first: if the check traps, the last line says on what.
      print("\(file): ", terminator: "")
      fflush(nil)
      let finding: String?
      do {
        finding = try check(bytes, file)
      } catch {
        return note(unreadable: file, "\(error)")
      }
      if let finding {
        violated += 1
        print("violated\n\(finding)")
      } else {
        held += 1
        print("holds")
      }
    case .unreadable(let reason): note(unreadable: file, reason)
    }
  }

  /// A regression is text, all else is an input.
  private func check(_ bytes: [UInt8], _ file: String) throws -> String? {
    guard file.hasSuffix(".txt"), let checkText = harness.checkText else {
      return bytes.withUnsafeBytes(harness.check)
    }
    return try checkText(String(decoding: bytes, as: UTF8.self))
  }

  private mutating func note(unreadable path: String, _ reason: String) {
    unreadable += 1
    print("\(path): unreadable: \(reason)")
  }
}
