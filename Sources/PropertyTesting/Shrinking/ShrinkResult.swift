/// What one pass did.
public struct PassTally: Equatable, Sendable {
  /// The pass.
  public let name: String
  /// The candidates it had run.
  public internal(set) var tried = 0
  /// Those that were simpler and failed in the wanted way.
  public internal(set) var succeeded = 0
}

extension PassTally {
  /// Adds what the same pass did for another case.
  public func merged(with other: PassTally) -> PassTally {
    PassTally(
      name: name, tried: tried + other.tried, succeeded: succeeded + other.succeeded)
  }
}

extension [PassTally] {
  /// Adds, pass by pass, what the same passes did for another case.
  public func merged(with other: [PassTally]) -> [PassTally] {
    isEmpty ? other : zip(self, other).map { $0.merged(with: $1) }
  }
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
      tallies: tallies.merged(with: other.tallies),
      isComplete: simpler.isComplete)
  }
}
