import SharingHarness

/// The rows of one exhibit taken together.
public struct MuseumSummary: Sendable {
  public let rows: [MuseumRow]

  public init(_ rows: [MuseumRow]) { self.rows = rows }

  private var found: [MuseumRow] { rows.filter { $0.backend != nil } }

  /// Whether it was found in every campaign and shrunk to what is proved to be a minimum.
  public var isPassed: Bool { rows.allSatisfy(\.isAtMinimum) }

  /// The summary for a reader.
  public var lines: [String] {
    guard let first = rows.first else { return [] }
    var lines = ["\(first.exhibit)\(isPassed ? "" : ": NOT PASSED")"]
    lines.append("  found in \(found.count) of \(Counterexample.counted(rows.count, "campaign"))")
    guard !found.isEmpty else { return lines }
    let atMinimum = rows.filter(\.isAtMinimum).count
    let unproved = found.filter { !$0.isProved }.count
    lines += [
      "  programs until then: median \(Self.median(found.map { Int($0.programs) })), commands:"
        + " median \(Self.median(found.map(\.commands)))",
      "  killed by \(Self.counts(found.compactMap(\.killedBy.first))); it names"
        + " \(first.named.joined(separator: ", ")), seen in"
        + " \(found.filter { row in row.named.allSatisfy(row.killedBy.contains) }.count)",
      "  on \(Self.counts(found.compactMap(\.backend))); shrunk on"
        + " \(Self.counts(found.compactMap(\.shrunkOn)))",
      "  shrunk to commands: \(Self.counts(found.compactMap(\.length)));"
        + " smallest known: \(Self.counts(found.compactMap(\.minimum)))",
      "  at the proved minimum: \(atMinimum) of \(rows.count)"
        + (unproved > 0 ? "; the budget ended before \(unproved) proofs" : ""),
    ]
    let evaluations = found.compactMap(\.evaluations)
    let mean = Double(evaluations.reduce(0, +)) / Double(max(evaluations.count, 1))
    lines += [
      "  shrinking ran \(Self.median(evaluations)) programs (median), \(Self.rounded(mean)) (mean);"
        + " proofs at most \(found.compactMap(\.tried).max() ?? 0)",
      "  \(Self.rounded(rows.map(\.seconds).reduce(0, +))) s to find and shrink,"
        + " \(Self.rounded(rows.map(\.proofSeconds).reduce(0, +))) s to prove",
    ]
    return lines
  }

  /// The lower of the two numbers in the middle, or the one.
  static func median(_ numbers: [Int]) -> Int {
    numbers.isEmpty ? 0 : numbers.sorted()[(numbers.count - 1) / 2]
  }

  /// How often each value is there, the smallest first.
  private static func counts<Value: Comparable & Hashable>(_ values: [Value]) -> String {
    let sorted = values.sorted()
    var runs: [(value: Value, count: Int)] = []
    for value in sorted {
      if runs.last?.value == value {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((value, 1))
      }
    }
    return runs.map { "\($0.value) ×\($0.count)" }.joined(separator: ", ")
  }

  private static func rounded(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}
