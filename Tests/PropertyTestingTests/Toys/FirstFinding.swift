import PropertyTesting

extension Property {
  /// Finds the first of some seeds whose program fails.
  func firstFinding(in seeds: some Sequence<UInt64>) -> FailingCase<Fingerprint>? {
    for seed in seeds {
      if let finding = run(seed: seed) { return finding }
    }
    return nil
  }
}
