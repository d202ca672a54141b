/// What came of a search.
public struct Report<Fingerprint: Hashable> {
  /// One way to fail, found and made small.
  public struct Shrunk {
    /// The first case that failed so.
    public let original: FailingCase<Fingerprint>
    /// The number of its program in the search, from 1.
    public let program: Int
    /// The simplest case that fails so, and what it cost to find.
    public let shrunk: ShrinkResult

    /// In what way they fail.
    public var fingerprint: Fingerprint { original.fingerprint }
    /// The simplest case.
    public var testCase: TestCase { shrunk.testCase }
  }

  /// The search as it was asked for.
  public let search: Search
  /// What fails, each way to fail once.
  public internal(set) var findings: [Shrunk] = []
  /// Why the search, whatever it found, says less than it seems to.
  public internal(set) var complaints: [Complaint] = []
  /// What the programs were like.
  public internal(set) var statistics = Statistics()
  /// How its cases are told.
  var describe: (TestCase) -> String = { "\($0.length) commands" }

  /// Whether nothing was found and there is nothing to complain of.
  public var isPassed: Bool { findings.isEmpty && complaints.isEmpty }
}

extension Report: CustomStringConvertible {
  /// All findings, each with its case, then all complaints, the statistics and the seed.
  public var description: String {
    let parts = findings.map { text(of: $0, describe) } + complaints.map(\.description)
    return (parts + [statistics.description, "seed \(search.seed)"]).joined(separator: "\n\n")
  }

  /// One finding, its case told as `describe` does.
  public func text(of minimum: Shrunk, _ describe: (TestCase) -> String) -> String {
    let (before, after) = (minimum.original.testCase.length, minimum.testCase.length)
    let lengths = before > 0 ? ", from \(before) commands to \(after)" : ""
    return """
      \(minimum.fingerprint): program \(minimum.program) of seed \(search.seed)\(lengths) \
      in \(minimum.shrunk.evaluations) runs
      \(describe(minimum.testCase))
      """
  }
}
