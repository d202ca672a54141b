/// The simplest case that shrinking and proving come to together.
///
/// A proof that finds a shorter case gives shrinking a new start; that goes on until a proof finds
/// none, or ends before it is through.
public struct Minimum<Candidate, Proof> {
  /// What is left.
  public var candidate: Candidate
  /// What the last proof said of it.
  public var proof: Proof

  /// Shrinks, proves, and goes on from what the proof finds.
  ///
  /// - Parameters:
  ///   - start: what fails.
  ///   - shrink: makes a candidate simpler, or leaves it as it is.
  ///   - prove: tries what is shorter than a candidate; says what came of it, and the shorter
  ///     candidate that it found.
  public init<Failure: Error>(
    from start: Candidate, shrink: (Candidate) throws(Failure) -> Candidate,
    prove: (Candidate) throws(Failure) -> (proof: Proof, shorter: Candidate?)
  ) throws(Failure) {
    candidate = try shrink(start)
    var answer = try prove(candidate)
    while let shorter = answer.shorter {
      candidate = try shrink(shorter)
      answer = try prove(candidate)
    }
    proof = answer.proof
  }
}

extension Property {
  /// Shrinks a case, proves that it is the shortest, and goes on from what the proof finds.
  ///
  /// All choices must be bounded, and few. The evaluations do not count those of the proofs.
  ///
  /// - Parameter budget: the most programs that one proof may run.
  /// - Returns: nil if the case does not fail in its way.
  public func minimum(
    of finding: FailingCase<Fingerprint>, with shrinker: Shrinker = Shrinker(),
    budget: Int = 1_000_000
  ) -> Minimum<ShrinkResult, ProofResult>? {
    guard let start = shrink(finding, with: shrinker) else { return nil }
    return Minimum(from: start) { candidate in
      let next = FailingCase(testCase: candidate.testCase, fingerprint: finding.fingerprint)
      guard candidate != start, let result = shrink(next, with: shrinker) else { return candidate }
      return candidate.merged(with: result)
    } prove: { candidate in
      let proof = prove(
        below: candidate.testCase.length, keeping: finding.fingerprint, budget: budget)
      guard case .found(let testCase, _) = proof else { return (proof, nil) }
      return (proof, ShrinkResult(unshrunk: evaluate(testCase).testCase, like: candidate))
    }
  }
}

extension ShrinkResult {
  /// A case that a proof has found, before it is shrunk, with what the one before it had cost.
  fileprivate init(unshrunk testCase: TestCase, like other: ShrinkResult) {
    self.init(
      testCase: testCase, evaluations: other.evaluations, tallies: other.tallies,
      isComplete: false)
  }
}
