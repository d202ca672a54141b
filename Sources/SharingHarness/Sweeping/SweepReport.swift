import SharingModel

/// What came of a sweep: the one object that `sharecheck sweep --format json` prints.
public struct SweepReport: Codable, Equatable, Sendable {
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
  public var violation: FailingProgram?
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
