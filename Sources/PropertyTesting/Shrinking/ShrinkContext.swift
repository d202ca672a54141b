/// What a pass sees: the simplest case so far, and a way to try a simpler one.
public struct ShrinkContext {
  /// The simplest case so far that fails in the wanted way.
  public private(set) var best: TestCase
  /// How many candidates were run.
  public private(set) var evaluations = 0

  let budget: Int
  /// Whether some number became only a little smaller: other passes may get on faster.
  var creeps = false
  /// The value at which a number ended when it was lowered last.
  var landing: UInt64?
  private(set) var tried = 0
  private(set) var succeeded = 0
  /// The keys of all cases known; asked for membership only.
  private var seen: Set<[UInt64]> = []
  private let evaluate: (TestCase) -> (TestCase, fails: Bool)

  /// Starts from a case, which must fail in the wanted way as `evaluate` consumes it.
  init?(
    _ start: TestCase, budget: Int, evaluate: @escaping (TestCase) -> (TestCase, fails: Bool)
  ) {
    let (consumed, fails) = evaluate(start)
    guard fails else { return nil }
    self.best = consumed
    self.budget = budget
    self.evaluate = evaluate
    evaluations = 1
    seen = [start.key, consumed.key]
  }

  /// Whether no more candidates may be run.
  public var isExhausted: Bool { evaluations >= budget }

  /// Whether the candidate is simpler and fails in the wanted way; it then is the best so far.
  ///
  /// What counts is the candidate as the grammar consumed it. One that is not simpler, or was seen
  /// before, is refused without being run.
  public mutating func attempt(_ candidate: TestCase) -> Bool {
    guard candidate < best, !isExhausted, seen.insert(candidate.key).inserted else { return false }
    evaluations += 1
    tried += 1
    let (consumed, fails) = evaluate(candidate)
    seen.insert(consumed.key)
    guard fails, consumed < best else { return false }
    best = consumed
    succeeded += 1
    return true
  }

  /// Tries the best case with another value for one choice; `false` if there is no such choice.
  public mutating func attempt(_ record: Int, _ choice: Int, _ value: UInt64) -> Bool {
    guard let current = best.value(record, choice), value < current else { return false }
    return attempt(best.setting(record, choice, to: value))
  }
}
