extension Property {
  /// The simplest case found that fails in the same way; `nil` if this one does not fail so again.
  public func shrink(
    _ finding: FailingCase<Fingerprint>, with shrinker: Shrinker = Shrinker()
  ) -> ShrinkResult? {
    shrinker.shrink(finding.testCase, keeping: finding.fingerprint, evaluate: evaluate)
  }

  /// Shrinks a finding and up to `restarts` others that fail in the same way, and keeps the
  /// simplest.
  ///
  /// Another way down leaves a local minimum behind. Cases of at most three commands are not
  /// started again. The evaluations of all starts are counted together, with the programs that were
  /// run to find them.
  public func shrink(
    _ finding: FailingCase<Fingerprint>, with shrinker: Shrinker = Shrinker(),
    restartingFrom seeds: some Sequence<UInt64>, restarts: Int
  ) -> ShrinkResult? {
    shrinker.shrink(
      finding.testCase, keeping: finding.fingerprint, restarts: Restarts(restarts),
      others: seeds.lazy.map { seed in
        let choices = Choices(seed: seed, maximumLength: maximumLength, recording: true)
        let other = evaluate(choices)
        return other.fingerprint == finding.fingerprint ? other.testCase : nil
      }, evaluate: evaluate)
  }
}
