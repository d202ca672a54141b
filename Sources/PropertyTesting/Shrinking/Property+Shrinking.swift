extension Property {
  /// The simplest case found that fails in the same way; `nil` if this one does not fail so again.
  public func shrink(
    _ finding: FailingCase<Fingerprint>, with shrinker: Shrinker = Shrinker()
  ) -> ShrinkResult? {
    shrink(finding.testCase, as: finding.fingerprint, shrinker)
  }

  private func shrink(
    _ testCase: TestCase, as fingerprint: Fingerprint, _ shrinker: Shrinker
  ) -> ShrinkResult? {
    shrinker.shrink(testCase, keeping: fingerprint, evaluate: evaluate)
  }

  /// Shrinks a finding and up to `restarts` others that fail in the same way, and keeps the simplest.
  ///
  /// Another way down leaves a local minimum behind. Cases of at most three commands are not
  /// started again. The evaluations of all starts are counted together, with the programs that were run
  /// to find them.
  public func shrink(
    _ finding: FailingCase<Fingerprint>, with shrinker: Shrinker = Shrinker(),
    restartingFrom seeds: some Sequence<UInt64>, restarts: Int
  ) -> ShrinkResult? {
    guard var best = shrink(finding, with: shrinker) else { return nil }
    var remaining = restarts
    var rest = seeds.makeIterator()
    while remaining > 0, best.testCase.length > 3, let seed = rest.next() {
      best.evaluations += 1
      let choices = Choices(seed: seed, maximumLength: maximumLength, recording: true)
      let other = evaluate(choices)
      guard other.fingerprint == finding.fingerprint else { continue }
      remaining -= 1
      if let result = shrink(other.testCase, as: finding.fingerprint, shrinker) {
        best = best.merged(with: result)
      }
    }
    return best
  }
}
