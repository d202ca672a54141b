/// What one pass did.
public struct PassTally: Equatable, Sendable {
  /// The pass.
  public let name: String
  /// The candidates it had run.
  public internal(set) var tried = 0
  /// Those that were simpler and failed in the wanted way.
  public internal(set) var succeeded = 0
}

/// What came of shrinking.
public struct ShrinkResult: Equatable, Sendable {
  /// The simplest case found.
  public let testCase: TestCase
  /// How many candidates were run, the first case included.
  public internal(set) var evaluations: Int
  /// What each pass did, in the order of the passes.
  public let tallies: [PassTally]
  /// Whether no pass knows anything simpler; if not, the budget ended first.
  public let isComplete: Bool
}

extension ShrinkResult {
  /// The simpler of two results, with what both cost.
  func merged(with other: ShrinkResult) -> ShrinkResult {
    let simpler = other.testCase < testCase ? other : self
    return ShrinkResult(
      testCase: simpler.testCase, evaluations: evaluations + other.evaluations,
      tallies: zip(tallies, other.tallies).map { mine, its in
        PassTally(
          name: mine.name, tried: mine.tried + its.tried, succeeded: mine.succeeded + its.succeeded)
      },
      isComplete: simpler.isComplete)
  }
}
