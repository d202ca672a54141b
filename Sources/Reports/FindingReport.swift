import Exploration
import ProgramText
import SharingHarness
import SharingModel

/// A finding with what a reader needs to see it again.
package struct FindingReport: Codable, Equatable, Sendable {
  package var finding: Finding
  /// The command line that shows it again; nil where only the verb that found it can.
  package var reproduce: String?
  /// Where it is kept, if it is.
  package var file: String?

  package init(_ finding: Finding, reproduce: String?, file: String? = nil) {
    self.finding = finding
    self.reproduce = reproduce
    self.file = file
  }

  private enum ReportKey: String, CodingKey { case reproduce, file }

  package init(from decoder: any Decoder) throws {
    finding = try Finding(from: decoder)
    let container = try decoder.container(keyedBy: ReportKey.self)
    reproduce = try container.decodeIfPresent(String.self, forKey: .reproduce)
    file = try container.decodeIfPresent(String.self, forKey: .file)
  }

  /// One object: the finding's fields, and these.
  package func encode(to encoder: any Encoder) throws {
    try finding.encode(to: encoder)
    var container = encoder.container(keyedBy: ReportKey.self)
    try container.encodeIfPresent(reproduce, forKey: .reproduce)
    try container.encodeIfPresent(file, forKey: .file)
  }
}

// MARK: - As text

extension FindingReport {
  /// The report as text.
  package var lines: [String] {
    guard let first = finding.verdict.violations.first else { return [] }
    var lines = ["violated: \(first.id), on \(finding.backend.id)"]
    lines.append(first.sentence)
    lines.append("Evidence: \(first.evidence.text).")
    lines += ["", opening, ""]
    lines += finding.tracedProgram.split(separator: "\n").map(String.init)
    lines += place
    if let picture = finding.account?.picture, !picture.isEmpty {
      lines += ["", "The pool at that step:"] + picture
    }
    if finding.verdict.violations.count > 1 {
      lines += ["", "Violated in the same command:"]
      lines += finding.verdict.violations.dropFirst().map { "  \($0.id): \($0.evidence.text)" }
    }
    if let minimality = finding.minimality { lines += [""] + minimality.lines }
    lines += notChecked
    lines += standalone
    if let reproduce { lines += ["", "Reproduce it with:", "  \(reproduce)"] }
    if let file { lines += ["", "Kept as:", "  \(file)"] }
    return lines
  }

  private var opening: String {
    let commands = counted(finding.program.steps.count, "command")
    guard let evaluations = finding.evaluations else { return "The program has \(commands):" }
    return "Shrunk to \(commands) by running \(counted(evaluations, "program")):"
  }

  /// What went wrong besides the program.
  private var place: [String] {
    switch finding.origin {
    case .sweep(_, let point?, _): ["", "Where \(point)."]
    case .sweep(_, nil, _), .exhaustion: ["", "As the program is."]
    case .program, .campaign: []
    }
  }

  /// The program that shows a sweep's point by itself.
  private var standalone: [String] {
    guard case .sweep(_, .some, let standalone) = finding.origin else { return [] }
    guard let standalone else { return ["", "No program says that; it needs the sweep."] }
    return ["", "\"sharecheck replay\" shows the same with:", ""]
      + standalone.text.split(separator: "\n").map(String.init)
  }

  /// The invariants that this run could not check, together by reason.
  private var notChecked: [String] {
    var lines: [String] = []
    var reasons: [String] = []
    let all = finding.account?.notChecked ?? []
    for item in all where !reasons.contains(item.reason) {
      reasons.append(item.reason)
      let same = all.filter { $0.reason == item.reason }.map(\.invariant)
      lines.append("  \(item.reason): \(same.joined(separator: ", "))")
    }
    return lines.isEmpty ? [] : ["", "Not checked on \(finding.backend.id):"] + lines
  }
}

extension Finding {
  /// The program with what its commands answered.
  package var tracedProgram: String {
    var notes = account?.outcomes ?? []
    guard !verdict.holds else { return program.text(notes: notes) }
    let failing = verdict.failingStep
    guard failing >= 0, failing <= program.steps.count else { return program.text(notes: notes) }
    if notes.indices.contains(failing) {
      notes[failing] += "   # violated here"
    } else {
      while notes.count < failing { notes.append("") }
      notes.append("\(isDeadly ? "did not return   " : "")# violated here")
    }
    return program.text(notes: notes)
  }
}

extension Minimality {
  /// What was proved, and of what.
  package var lines: [String] {
    let programs = counted(tried, "program")
    let first =
      if smaller != nil {
        "A smaller program fails in the same way: \(programs) tried."
      } else if isProved {
        "No smaller program fails in this way: \(programs) tried, all that have fewer commands."
      } else if reached == 0 {
        "Not proved minimal: the budget ended before the first program."
      } else {
        "Not proved minimal: none with fewer than \(counted(reached, "command"))"
          + " fails in this way, and the budget ended after \(programs)."
      }
    return [first, "Programs are made of"] + alphabet.map { "  " + $0 }
      + [
        "Skipped as redundant: programs that continue after a violation, a no-op or a fault that",
        "did not fire, and those whose last command is of another kind than the one that fails.",
      ]
  }
}
