import MemorySharing
import ProgramText
import SharingHarness
import SharingModel

extension CoverageSummary {
  /// The numbers as a table and lines of text.
  package var lines: [String] {
    var lines = [Self.row("command", "served", "refused", "skipped")]
    lines += kinds.map { Self.row($0.kind, "\($0.served)", "\($0.refused)", "\($0.skipped)") }
    let sum = kinds.reduce(into: (0, 0)) {
      $0.0 += $1.served
      $0.1 += $1.refused
    }
    lines.append(Self.row("in all", "\(sum.0)", "\(sum.1)", "\(skipped)"))
    lines.append("")
    let named = errors.filter { $0.count > 0 }.map { "\($0.name): \($0.count)" }
    lines.append("refused as " + (named.isEmpty ? "nothing" : named.joined(separator: ", ")))
    lines.append(
      "refills \(refills) · granules shared \(granulesShared) · hypercalls \(hypercalls)")
    lines.append(
      "faults: \(faultsFailed) hypercalls failed, \(faultsWithEffect) failed but took effect, "
        + "\(faultsGarbage) answered garbage; \(heapFaults) heap allocations failed")
    lines.append("quarantines \(quarantines) · bytes zeroed \(bytesZeroed)")
    let orders = merges.enumerated().filter { $0.element > 0 }
    lines.append(
      "merges by order: " + orders.map { "\($0.offset): \($0.element)" }.joined(separator: ", "))
    lines.append("distinct states \(distinctStates) · skipped \(skipped)")
    if cutShort > 0 {
      lines.append(
        "\(counted(cutShort, "run")) ended before the program, after"
          + " \(Lockstep.mostHypercalls) hypercalls")
    }
    lines.append("trace \(hex(trace))")
    return lines + reachLines
  }

  /// How many labels were reached, how many of them seldom, and which were not.
  private var reachLines: [String] {
    let reached = reach.values.count { $0 > 0 }
    let rest = labelsNotApplicable == 0 ? "" : ", \(labelsNotApplicable) not applicable"
    let seldom = labels(reachedBelow: Self.seldom)
    let missing = seldom.filter { $0.count == 0 }
    let few = seldom.count - missing.count
    let often = few == 0 ? "" : ", \(few) of them fewer than \(Self.seldom) times"
    let lines = ["reached \(reached) of \(counted(reach.count, "label"))\(often)\(rest)"]
    return missing.isEmpty ? lines : lines + ["not reached:"] + Self.wrapped(missing.map(\.id))
  }

  /// Below this a label is reached seldom.
  private static var seldom: Int { 100 }

  /// Words with commas, indented, on lines of at most 100 columns.
  private static func wrapped(_ words: [String]) -> [String] {
    var lines: [String] = []
    for (index, word) in words.enumerated() {
      let piece = word + (index == words.count - 1 ? "" : ",")
      if let last = lines.last, last.count + 1 + piece.count <= 100 {
        lines[lines.count - 1] += " " + piece
      } else {
        lines.append("  " + piece)
      }
    }
    return lines
  }

  private static func row(_ cells: String...) -> String {
    var row = cells[0].padded(to: 16)
    for cell in cells.dropFirst() {
      row += String(repeating: " ", count: max(12 - cell.count, 0)) + cell
    }
    return row
  }
}
