import PropertyTesting

/// What many seeds of one row came to.
struct Summary {
  private let challenge: Challenge
  private let seeds: UInt64
  private let outcomes: [Challenge.Outcome]

  init(of challenge: Challenge, seeds: UInt64, shrinker: Shrinker = Shrinker()) {
    self.challenge = challenge
    self.seeds = seeds
    outcomes = (0..<seeds).compactMap { challenge.outcome(seed: $0, shrinker: shrinker) }
  }

  /// How the row is called.
  var name: String { challenge.name }

  /// The names of the columns.
  static let header = columns([
    "row", "at minimum", "distinct", "evaluations: mean", "median", "best published", "ms: median",
    "programs: median, most",
  ])

  /// How many seeds ended at the minimum.
  var atMinimum: Int { outcomes.count { challenge.minima.contains($0.text) } }
  /// Whether all of them did.
  var isAtMinimum: Bool { atMinimum == Int(seeds) }

  /// One row of the table.
  var line: String {
    let evaluations = outcomes.map(\.evaluations)
    let programs = outcomes.map(\.programs)
    let mean = evaluations.reduce(0, +) * 10 / max(evaluations.count, 1)
    return Self.columns([
      challenge.name, "\(atMinimum)/\(seeds)", "\(Set(outcomes.map(\.text)).count)",
      "\(mean / 10).\(mean % 10)", "\(median(evaluations))", challenge.published, milliseconds,
      "\(median(programs)), \(programs.max() ?? 0)",
    ])
  }

  /// How many cases were run for all seeds together.
  var evaluations: Int { outcomes.reduce(0) { $0 + $1.evaluations } }

  /// What each pass did for all seeds together.
  var tallies: [PassTally] { outcomes.map(\.tallies).reduce([]) { $0.merged(with: $1) } }

  /// What each pass did in all, and every result with how often it came.
  var details: String {
    var lines: [String] = []
    for tally in tallies where tally.tried > 0 {
      lines.append("    \(Self.column(tally.name, 26))\(tally.succeeded) of \(tally.tried)")
    }
    for text in Set(outcomes.map(\.text)).sorted() {
      lines.append("    \(outcomes.count { $0.text == text }) × \(text)")
    }
    return lines.joined(separator: "\n")
  }

  private var milliseconds: String {
    let micros = median(outcomes.map { Int($0.shrinking / .microseconds(1)) })
    let hundredths = micros / 10
    return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
  }

  private func median(_ numbers: [Int]) -> Int {
    numbers.isEmpty ? 0 : numbers.sorted()[numbers.count / 2]
  }

  /// A line of texts, each as wide as its column.
  static func columns(_ texts: [String]) -> String {
    zip(texts, [22, 12, 12, 19, 8, 18, 12, 22]).map(column).joined()
  }

  static func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
