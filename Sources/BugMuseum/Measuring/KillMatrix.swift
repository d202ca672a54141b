import ProgramText
import SharingHarness
import SharingModel

/// Which exhibit is killed by which invariant, on which backend, how soon, and how small the proof
/// of it is.
package struct KillMatrix: Sendable {
  package let rows: [MuseumRow]

  package init(_ rows: [MuseumRow]) { self.rows = rows }

  /// Whether every campaign killed its exhibit, in sight of the invariant that it names, and shrank
  /// to what is proved to be a minimum.
  package var isPassed: Bool { rows.allSatisfy(\.isPassed) }

  /// The rows of one exhibit as a table, a line a backend.
  package var exhibitLines: [String] {
    guard let first = rows.first else { return [] }
    return ["\(first.exhibit): \(first.named)\(isPassed ? "" : "   NOT PASSED")", Self.header]
      + byBackend.map(Self.line)
  }

  private var byBackend: [[MuseumRow]] { rows.runs { $0.backend == $1.backend } }

  private static var header: String {
    "  backend          killed   named  programs  commands  length  minimum  evaluations  seconds"
      + "  proof"
  }

  private static func line(_ rows: [MuseumRow]) -> String {
    let killed = rows.filter(\.isKilled)
    let columns = [
      "\(killed.count)/\(rows.count)".padded(to: 6),
      "\(rows.filter(\.isSeenAsNamed).count)/\(rows.count)".padded(to: 6),
      "\(median(killed.map { Int($0.programs) }))".padded(to: 8),
      "\(median(killed.map(\.commands)))".padded(to: 8),
      span(killed.compactMap(\.length)).padded(to: 6),
      (span(killed.compactMap(\.minimum)) + (killed.allSatisfy(\.isProved) ? "" : "?"))
        .padded(to: 7),
      "\(median(killed.compactMap(\.evaluations)))".padded(to: 11),
      thousandths(median(killed.map { Int($0.seconds * 1000) })).padded(to: 7),
      thousandths(median(killed.map { Int($0.proofSeconds * 1000) })).padded(to: 5),
    ]
    let name = rows.first.map(\.backend) ?? ""
    return ("  " + name.padding(to: 15) + "  " + columns.joined(separator: "  "))
  }

  /// Each invariant with the exhibits that it kills, a star after those that name it; and the
  /// sums.
  package var invariantLines: [String] {
    var lines = ["Killed by, at the first failing event (* names it):"]
    for invariant in Invariant.all {
      let killed = rows.filter { $0.killedBy.contains(invariant.id) }
      var names: [String] = []
      for row in killed {
        let name = row.exhibit + (row.named == invariant.id ? "*" : "")
        if !names.contains(name) { names.append(name) }
      }
      lines.append("  \(invariant.id): \(names.isEmpty ? "none" : names.joined(separator: ", "))")
    }
    return lines
  }

  /// The sums.
  package var sumLines: [String] {
    let cells = rows.runs { $0.exhibit == $1.exhibit && $0.backend == $1.backend }
    let soon = cells.filter { Self.median($0.map { Int($0.programs) }) <= 100 && $0.allKilled }
    let quick = cells.filter { Self.median($0.map { Int($0.seconds * 1000) }) <= 1000 }
    let late = cells.filter { cell in !soon.contains { $0 == cell } }.compactMap(\.first)
    return [
      "\(counted(rows.count, "campaign")) of "
        + "\(counted(rows.runs { $0.exhibit == $1.exhibit }.count, "exhibit")):"
        + " \(rows.filter(\.isKilled).count) killed it,"
        + " \(rows.filter(\.isSeenAsNamed).count) by the invariant named,"
        + " \(rows.filter(\.isAtMinimum).count) at a proved minimum",
      "found within 100 programs (median): \(soon.count) of \(cells.count) pairs of exhibit and"
        + " backend" + (late.isEmpty ? "" : ", not ")
        + late.map { "\($0.exhibit) on \($0.backend)" }.joined(separator: ", "),
      "found and shrunk within a second (median): \(quick.count) of \(cells.count)",
    ]
  }

  /// The lower of the two numbers in the middle, or the one.
  static func median(_ numbers: [Int]) -> Int {
    numbers.isEmpty ? 0 : numbers.sorted()[(numbers.count - 1) / 2]
  }

  private static func span(_ numbers: [Int]) -> String {
    guard let least = numbers.min(), let most = numbers.max() else { return "-" }
    return least == most ? "\(least)" : "\(least)-\(most)"
  }

  private static func thousandths(_ number: Int) -> String {
    let rest = number % 1000 / 10
    return "\(number / 1000).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension [MuseumRow] {
  fileprivate var allKilled: Bool { allSatisfy(\.isKilled) }

  /// Neighbours that belong together, together.
  fileprivate func runs(_ belongTogether: (MuseumRow, MuseumRow) -> Bool) -> [[MuseumRow]] {
    reduce(into: []) { runs, row in
      if let last = runs.last?.last, belongTogether(last, row) {
        runs[runs.count - 1].append(row)
      } else {
        runs.append([row])
      }
    }
  }
}

extension String {
  /// Moved to the right of a column.
  fileprivate func padded(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(width - count, 0)) + self
  }

  /// At the left of a column.
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(width - count, 0))
  }
}
