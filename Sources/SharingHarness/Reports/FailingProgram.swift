import SharingModel
import SimulatedHypervisors

/// A program that was found not to hold, as it is or where it is disturbed: what `sweep` and `exhaust`
/// say of a violation.
public struct FailingProgram: Codable, Equatable, Sendable {
  public var backend: String
  public var program: String
  /// What went wrong besides, in words; nil where the program does not hold as it is.
  public var point: String?
  /// The step at which that showed, as in `Verdict`.
  public var failingStep: Int
  public var violations: [Trace.Violated]
  /// A program that is violated in the same way by itself, if there is one.
  public var standalone: String?

  /// Of a run that failed as its program is.
  public init(_ program: Program, on backend: Backend, _ verdict: Verdict) {
    self.backend = backend.id
    self.program = program.text
    failingStep = verdict.failingStep
    violations = verdict.violations.map(Trace.Violated.init)
  }

  /// Of a sweep.
  ///
  /// - Parameter lockstep: runs what may show the same by itself.
  public init(_ finding: FaultSweep.Finding, with lockstep: Lockstep) {
    self.init(finding.program, on: finding.backend, finding.verdict)
    point = finding.disturbance?.words(finding.occasions)
    standalone = finding.standalone(with: lockstep)?.text
  }

  /// Of a run that killed its process.
  ///
  /// - Parameter sentence: how it ended.
  public init(
    killed program: Program, on backend: Backend, by disturbance: Disturbance? = nil,
    _ sentence: String
  ) {
    self.backend = backend.id
    self.program = program.text
    point = disturbance?.words(Occasions())
    failingStep = program.steps.count
    violations = [.callsReturn(sentence)]
  }

  /// The report as text.
  public var lines: [String] {
    guard let first = violations.first else { return [] }
    var lines = ["violated: \(first.invariant), on \(backend)"]
    lines += [first.sentence, "Evidence: \(first.evidence).", ""]
    lines += program.split(separator: "\n").map(String.init) + [""]
    lines.append(point.map { "Where \($0)." } ?? "As the program is.")
    if violations.count > 1 {
      lines += ["", "Violated at the same event:"]
      lines += violations.dropFirst().map { "  \($0.invariant): \($0.evidence)" }
    }
    guard point != nil else { return lines }
    guard let standalone else { return lines + ["", "No program says that; it needs the sweep."] }
    lines += ["", "\"sharecheck replay\" shows the same with:", ""]
    return lines + standalone.split(separator: "\n").map(String.init)
  }
}
