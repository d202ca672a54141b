import SharingModel
import SimulatedHypervisors

/// A small program that does not hold, with all that a reader needs to believe it.
public struct Counterexample: Sendable {
  public let program: Program
  public let trace: Trace
  /// How many programs shrinking ran; nil where it was not shrunk.
  public let evaluations: Int?
  /// Whether it is the smallest of its kind; nil where that was not asked.
  public let minimality: Minimality?
  /// The command line that shows it again.
  public let reproduce: String
  /// Where it is kept, if it is.
  public var file: String?

  public init(
    program: Program, trace: Trace, evaluations: Int?, minimality: Minimality? = nil,
    reproduce: String
  ) {
    self.program = program
    self.trace = trace
    self.evaluations = evaluations
    self.minimality = minimality
    self.reproduce = reproduce
  }

  /// The program with what its commands answered.
  public var tracedProgram: String {
    var notes = trace.outcomes
    guard !trace.holds else { return program.text(notes: notes) }
    let failing = trace.failingStep
    if notes.indices.contains(failing), failing <= program.steps.count {
      notes[failing] += "   # violated here"
    } else if failing >= 0, failing <= program.steps.count {
      while notes.count < failing { notes.append("") }
      notes.append("did not return   # violated here")
    }
    return program.text(notes: notes)
  }

  /// The report as text.
  public var lines: [String] {
    guard let first = trace.violations.first else { return [] }
    var lines = ["violated: \(first.invariant), on \(trace.backend)"]
    lines.append(first.sentence)
    lines.append("Evidence: \(first.evidence).")
    lines.append("")
    let commands = Self.counted(program.steps.count, "command")
    if let evaluations {
      lines.append("Shrunk to \(commands) by running \(Self.counted(evaluations, "program")):")
    } else {
      lines.append("The program has \(commands):")
    }
    lines.append("")
    lines += tracedProgram.split(separator: "\n").map(String.init)
    if !trace.picture.isEmpty { lines += ["", "The pool at that step:"] + trace.picture }
    if trace.violations.count > 1 {
      lines += ["", "Violated at the same event:"]
      lines += trace.violations.dropFirst().map { "  \($0.invariant): \($0.evidence)" }
    }
    if let minimality { lines += [""] + minimality.lines }
    lines += notChecked
    lines += ["", "Reproduce it with:", "  \(reproduce)"]
    if let file { lines += ["", "Kept as:", "  \(file)"] }
    return lines
  }

  /// The invariants that this run could not check, together by reason.
  private var notChecked: [String] {
    var lines: [String] = []
    var reasons: [String] = []
    for item in trace.notChecked where !reasons.contains(item.reason) {
      reasons.append(item.reason)
      let same = trace.notChecked.filter { $0.reason == item.reason }.map(\.invariant)
      lines.append("  \(item.reason): \(same.joined(separator: ", "))")
    }
    return lines.isEmpty ? [] : ["", "Not checked on \(trace.backend):"] + lines
  }

  public static func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
