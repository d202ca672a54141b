import Exploration
import ProgramText
import SharingHarness

/// The result of a sweep: the one object that `sharecheck sweep --format json` prints.
package struct SweepReport: Codable, Equatable, Sendable {
  /// The version of this object: 1 had `violation`, with its fields in strings.
  package var format = 2
  /// The version of sharecheck and its commit.
  package var version: String
  /// "holds" or "violated".
  package var verdict = "holds"
  /// The most commands of the programs that were tried all.
  package var length: Int
  /// How many random programs were swept, and the seed of the first.
  package var random: UInt64
  package var seed: UInt64
  /// The granule of the machine on which all programs were tried.
  package var granule: UInt64
  package var rows: [SweepCounts] = []
  package var finding: FindingReport?
  package var seconds: Double = 0

  package init(length: Int, random: UInt64, seed: UInt64, granule: UInt64, version: String) {
    self.version = version
    self.length = length
    self.random = random
    self.seed = seed
    self.granule = granule
  }

  package var runs: Int { rows.reduce(0) { $0 + $1.runs } }
  package var runsPerSecond: Int { seconds > 0 ? Int(Double(runs) / seconds) : 0 }
}

// MARK: - As text

extension SweepReport {
  package var lines: [String] {
    var lines = finding.map { $0.lines + [""] } ?? []
    lines += table
    let seconds = Double(Int(seconds * 100)) / 100
    lines.append("")
    lines.append(
      "\(counted(runs, "run")) in \(seconds) s: \(runsPerSecond) runs a second")
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
