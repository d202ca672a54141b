/// What came of a search.
public struct Report<Fingerprint: Hashable> {
  /// One way to fail, found and made small.
  public struct Minimum {
    /// The first case that failed so.
    public let original: Finding<Fingerprint>
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
  public internal(set) var findings: [Minimum] = []
  /// Why the search, whatever it found, says less than it seems to.
  public internal(set) var complaints: [Complaint] = []
  /// What the programs were like.
  public internal(set) var statistics = Statistics()
  /// How its cases are told.
  var describe: (TestCase) -> String = { "\($0.length) commands" }

  /// Whether nothing was found and there is nothing to complain of.
  public var isPassed: Bool { findings.isEmpty && complaints.isEmpty }
}

/// Why a search says less than it seems to.
public enum Complaint: Hashable, Sendable {
  /// Most programs were discarded.
  case mostlyDiscarded(discards: Int, programs: Int)
  /// Most steps could not be done.
  case mostlyRefused(refusals: Int, steps: Int)
  /// A command could never be done.
  case neverRun(command: String, refusals: Int)
  /// Something that must be reached was not.
  case notReached(label: String)
  /// A case that had failed passed when it was run again: it depends on more than its choices.
  case unstable(program: Int)
}

extension Complaint: CustomStringConvertible {
  public var description: String {
    switch self {
    case .mostlyDiscarded(let discards, let programs):
      "\(discards) of \(programs) programs were discarded: generate what is wanted, filter less"
    case .mostlyRefused(let refusals, let steps):
      "\(refusals) times a step could not be done, \(steps) times one could: loosen what they require"
    case .neverRun(let command, let refusals):
      "\(command) was never run, it was refused \(refusals) times"
    case .notReached(let label):
      "no program reached “\(label)”"
    case .unstable(let program):
      "program \(program) failed and then passed: it depends on more than its choices"
    }
  }
}

extension Report: CustomStringConvertible {
  /// All findings, each with its case, then all complaints, the statistics and the seed.
  public var description: String {
    let parts = findings.map { text(of: $0, describe) } + complaints.map(\.description)
    return (parts + [statistics.description, "seed \(search.seed)"]).joined(separator: "\n\n")
  }

  /// One finding, its case told as `describe` does.
  public func text(of minimum: Minimum, _ describe: (TestCase) -> String) -> String {
    let (before, after) = (minimum.original.testCase.length, minimum.testCase.length)
    let lengths = before > 0 ? ", from \(before) commands to \(after)" : ""
    return """
      \(minimum.fingerprint): program \(minimum.program) of seed \(search.seed)\(lengths) \
      in \(minimum.shrunk.evaluations) runs
      \(describe(minimum.testCase))
      """
  }
}
