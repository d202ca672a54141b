import SharingModel

/// A counterexample to keep: the text of its program, with comments that tell its story.
///
/// Only the program is read back, so the story may say anything, and the text outlives the grammar
/// that chose the program. It names no time and no machine: the same finding gives the same text.
public struct Regression: Sendable {
  public let example: Counterexample
  /// What was wrong: the core, or an exhibit.
  public var system: String
  /// The command line that found it; nil where it came from a file.
  public var foundBy: String?
  /// On which backends it fails in the same way.
  public var backends: [String]
  /// For each step, what a run without it comes to; empty where nobody has tried.
  public var without: [String]

  public init(
    _ example: Counterexample, system: String, foundBy: String?, backends: [String] = [],
    without: [String] = []
  ) {
    self.example = example
    self.system = system
    self.foundBy = foundBy
    self.backends = backends.isEmpty ? [example.trace.backend] : backends
    self.without = without
  }

  /// The name of its file: how it fails, and a number that stands for the program.
  public var fileName: String {
    let violated = example.trace.violations.first?.invariant ?? "holds"
    var hash = TraceHash()
    for byte in example.program.text.utf8 { hash.add(UInt64(byte)) }
    let digits = String(hash.value >> 32, radix: 16)
    let padding = String(repeating: "0", count: 8 - digits.count)
    return "\(violated)-\(example.trace.failingCommand)-\(padding)\(digits).txt"
  }

  /// The text, which reads as the program.
  public var text: String {
    let program = example.program.text(notes: without.map(Self.line), mark: "# without it,")
    var lines = program.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.insert(contentsOf: story.map { "# " + $0 }, at: 1)
    return lines.joined(separator: "\n")
  }

  private var story: [String] {
    let trace = example.trace
    var lines = trace.violations.first.map { first in
      [
        first.sentence,
        "violated: \(first.invariant), by \(trace.failingCommand),"
          + " on \(backends.joined(separator: ", "))",
        "evidence: \(first.evidence)",
      ]
    }
    lines? += trace.violations.dropFirst().map { "beside: \($0.invariant): \($0.evidence)" }
    lines?.append("system: \(system)")
    if let foundBy { lines?.append("found by: \(foundBy)") }
    if let evaluations = example.evaluations {
      lines?.append("shrunk by running \(Counterexample.counted(evaluations, "program"))")
    }
    return (lines ?? []).map(Self.line)
  }

  /// What is said, on one line whatever it says.
  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
