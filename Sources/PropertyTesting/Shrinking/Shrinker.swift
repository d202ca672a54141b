/// Makes a failing case as simple as its passes can, without slipping into another failure.
///
/// Simpler is what the order of ``TestCase`` says. Nothing here is random: the same case and the
/// same checks give the same result and the same counts.
public struct Shrinker: Sendable {
  /// The passes, in order.
  public var passes: [ShrinkPass]
  /// The most candidates that may be run.
  public var budget: Int

  /// Makes a shrinker; by default of all passes.
  public init(passes: [ShrinkPass] = .standard, budget: Int = 100_000) {
    self.passes = passes
    self.budget = budget
  }

  /// The simplest case found that fails as `fingerprint` says; `nil` if `start` does not.
  ///
  /// `evaluate` decodes a candidate with the grammar, runs it, and hands back what was consumed.
  public func shrink<Fingerprint: Hashable>(
    _ start: TestCase, keeping fingerprint: Fingerprint,
    evaluate: (TestCase) -> Evaluation<Fingerprint>
  ) -> ShrinkResult? {
    withoutActuallyEscaping(evaluate) { evaluate in
      let context = ShrinkContext(start, budget: budget) { candidate in
        let evaluation = evaluate(candidate)
        return (evaluation.testCase, evaluation.fingerprint == fingerprint)
      }
      return context.map(runToFixpoint)
    }
  }

  /// Runs the light passes until they bring nothing, then a thorough one, and so on.
  ///
  /// Light passes may creep: each round takes one more small step of a way that a thorough pass
  /// goes at once. So where a number fell by little, the thorough ones have a turn as well.
  private func runToFixpoint(_ start: ShrinkContext) -> ShrinkResult {
    var context = start
    var tallies = passes.map { PassTally(name: $0.name) }
    var hasImproved = true
    while hasImproved && !context.isExhausted {
      hasImproved = false
      context.creeps = false
      for index in passes.indices where passes[index].effort == .light {
        hasImproved = run(index, &context, &tallies) || hasImproved
      }
      for index in passes.indices
      where passes[index].effort == .thorough && (context.creeps || !hasImproved) {
        hasImproved = run(index, &context, &tallies) || hasImproved
      }
    }
    return ShrinkResult(
      testCase: context.best, evaluations: context.evaluations, tallies: tallies,
      isComplete: !context.isExhausted)
  }

  private func run(
    _ index: Int, _ context: inout ShrinkContext, _ tallies: inout [PassTally]
  ) -> Bool {
    let (tried, succeeded) = (context.tried, context.succeeded)
    passes[index].run(&context)
    tallies[index].tried += context.tried - tried
    tallies[index].succeeded += context.succeeded - succeeded
    return context.succeeded > succeeded
  }
}
