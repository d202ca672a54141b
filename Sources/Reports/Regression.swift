import Exploration
import ProgramText
import SharingHarness
import SharingModel

/// A counterfinding to keep: the text of its program, with comments that tell its story.
///
/// Only the program is read back, so the story may say anything, and the text outlives the grammar
/// that chose the program. It names no time and no machine: the same finding gives the same text.
package struct Regression: Sendable {
  package let finding: Finding
  /// What was wrong: the core, or an exhibit.
  package var system: String
  /// The command line that found it; nil where it came from a file.
  package var foundBy: String?
  /// On which backends it fails in the same way.
  package var backends: [String]
  /// For each step, what a run without it shows; empty where nobody has tried.
  package var without: [String]

  package init(
    _ finding: Finding, system: String, foundBy: String?, backends: [String] = [],
    without: [String] = []
  ) {
    self.finding = finding
    self.system = system
    self.foundBy = foundBy
    self.backends = backends.isEmpty ? [finding.backend.id] : backends
    self.without = without
  }

  /// The name of its file: how it fails, and a number that stands for the program.
  package var fileName: String {
    let violated = finding.fingerprint?.invariant ?? "holds"
    var hash = RunHash()
    for byte in finding.program.text.utf8 { hash.add(UInt64(byte)) }
    let digits = String(hash.value >> 32, radix: 16)
    let padding = String(repeating: "0", count: 8 - digits.count)
    return "\(violated)-\(finding.verdict.failingCommand.word)-\(padding)\(digits).txt"
  }

  /// The text, which reads as the program.
  package var text: String {
    let program = finding.program.text(notes: without.map(Self.line), mark: "# without it,")
    var lines = program.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.insert(contentsOf: story.map { "# " + $0 }, at: 1)
    return lines.joined(separator: "\n")
  }

  private var story: [String] {
    let verdict = finding.verdict
    var lines = verdict.violations.first.map { first in
      [
        first.sentence,
        "violated: \(first.id), by \(verdict.failingCommand.word),"
          + " on \(backends.joined(separator: ", "))",
        "evidence: \(first.evidence.text)",
      ]
    }
    lines? += verdict.violations.dropFirst().map { "beside: \($0.id): \($0.evidence.text)" }
    lines?.append("system: \(system)")
    if let foundBy { lines?.append("found by: \(foundBy)") }
    if let evaluations = finding.evaluations {
      lines?.append("shrunk by running \(counted(evaluations, "program"))")
    }
    return (lines ?? []).map(Self.line)
  }

  /// What is said, on one line whatever it says.
  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
