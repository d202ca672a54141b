import PropertyTesting

/// What each pass of the shrinker wins over some rows, and what they come to without it.
struct PassTable {
  /// What a pass does, and what is lost where it alone is left out.
  private struct Line {
    let tally: PassTally
    /// The rows in which it makes some case simpler.
    let rows: Int
    /// Each row that ends above its minimum without the pass, and from how many seeds.
    let missed: [(row: String, seeds: Int)]
    /// How many per cent of the evaluations with all passes the rows take without this one.
    let cost: Int
  }

  private let lines: [Line]

  init(_ challenges: [Challenge], seeds: UInt64) {
    let all = [ShrinkPass].standard
    let whole = challenges.map { Summary(of: $0, seeds: seeds) }
    let evaluations = whole.reduce(0) { $0 + $1.evaluations }
    lines = all.indices.map { pass in
      var shrinker = Shrinker()
      shrinker.passes.remove(at: pass)
      let without = challenges.map { Summary(of: $0, seeds: seeds, shrinker: shrinker) }
      let tallies = whole.map { $0.tallies[pass] }
      return Line(
        tally: tallies.dropFirst().reduce(tallies[0]) { $0.merged(with: $1) },
        rows: tallies.count { $0.succeeded > 0 },
        missed: zip(whole, without).compactMap { before, after in
          let seeds = before.atMinimum - after.atMinimum
          return seeds > 0 ? (before.name, seeds) : nil
        },
        cost: 100 * without.reduce(0) { $0 + $1.evaluations } / max(evaluations, 1))
    }
  }

  /// A line a pass, in the order in which they run.
  var text: String {
    let head = Self.columns(["pass", "tried", "wins", "in rows", "cost without", "missed without"])
    let rows = lines.map { line in
      Self.columns([
        line.tally.name, "\(line.tally.tried)", "\(line.tally.succeeded)", "\(line.rows)",
        "\(line.cost) %", line.missed.map { "\($0.row) \($0.seeds)" }.joined(separator: ", "),
      ])
    }
    return ([head] + rows).joined(separator: "\n")
  }

  private static func columns(_ texts: [String]) -> String {
    let widths = [30, 8, 7, 9, 14]
    let columns = zip(texts, widths).map { text, width in Summary.column(text, width) }
    return columns.joined() + (texts.last ?? "")
  }
}
