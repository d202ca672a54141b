import SharingModel

/// What came of a sweep: the one object that `sharecheck sweep --format json` prints.
public struct SweepReport: Codable, Equatable, Sendable {
  /// A program that does not hold where it is disturbed.
  public struct Violation: Codable, Equatable, Sendable {
    public var backend: String
    public var program: String
    /// What went wrong, in words; nil where the program does not hold as it is.
    public var point: String?
    /// The step at which that showed, as in `Verdict`.
    public var failingStep: Int
    public var violations: [Trace.Violated]
    /// A program that is violated in the same way by itself, if there is one.
    public var standalone: String?
  }

  /// "holds" or "violated".
  public var verdict: String { violation == nil ? "holds" : "violated" }
  /// The most commands of the programs that were tried all.
  public var length: Int
  /// How many random programs were swept, and the seed of the first.
  public var random: Int
  public var seed: UInt64
  /// The granule of the machine on which all programs were tried.
  public var granule: UInt64
  public var rows: [SweepCounts] = []
  public var violation: Violation?
  public var seconds: Double = 0

  public init(length: Int, random: Int, seed: UInt64, granule: UInt64) {
    self.length = length
    self.random = random
    self.seed = seed
    self.granule = granule
  }

  public var runs: Int { rows.reduce(0) { $0 + $1.runs } }
  public var runsPerSecond: Int { seconds > 0 ? Int(Double(runs) / seconds) : 0 }
}

extension SweepReport.Violation {
  /// - Parameter lockstep: runs what may show the same by itself.
  public init(_ finding: FaultSweep.Finding, with lockstep: Lockstep) {
    backend = finding.backend.id
    program = finding.program.text
    point = finding.disturbance?.words(finding.occasions)
    failingStep = finding.verdict.failingStep
    violations = finding.verdict.violations.map(Trace.Violated.init)
    standalone = finding.standalone(with: lockstep)?.text
  }

  /// Of a run that killed its process.
  public init(
    killed program: Program, on backend: String, by disturbance: Disturbance?, _ sentence: String
  ) {
    self.backend = backend
    self.program = program.text
    point = disturbance?.words(Occasions())
    failingStep = program.steps.count
    violations = [.callsReturn(sentence)]
  }
}

// MARK: - As text

extension SweepReport {
  public var lines: [String] {
    var lines = violation.map { $0.lines + [""] } ?? []
    lines += table
    let seconds = Double(Int(seconds * 100)) / 100
    lines.append("")
    lines.append(
      "\(Counterexample.counted(runs, "run")) in \(seconds) s: \(runsPerSecond) runs a second")
    return lines
  }

  /// A row for each backend: programs, points of each mode, runs.
  private var table: [String] {
    let modes = Disturbance.Mode.allCases
    let head = ["backend", "programs", "passed over"] + modes.map(\.rawValue) + ["runs"]
    let rows = rows.map { row in
      [row.backend, "\(row.programs)", "\(row.passedOver)"] + modes.map { "\(row.points($0))" }
        + ["\(row.runs)"]
    }
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([head] + rows).map { row in
      row.enumerated().map { column, word in
        let space = String(repeating: " ", count: widths[column] - word.count)
        return column == 0 ? word + space : space + word
      }.joined(separator: "  ")
    }
  }
}

extension SweepReport.Violation {
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
