extension Property {
  /// Tries all programs with fewer commands; all choices must be bounded, and few.
  ///
  /// - Parameters:
  ///   - length: the number of commands of the failing case.
  ///   - fingerprint: the way to fail; other failures do not count.
  ///   - budget: the most programs that may be run.
  public func prove(
    below length: Int, keeping fingerprint: Fingerprint, budget: Int = 1_000_000
  ) -> ProofResult {
    Prover(budget: budget).prove(below: length, keeping: fingerprint) { choices, _ in
      Trial(fingerprint: run(&choices).fingerprint)
    }
  }
}
