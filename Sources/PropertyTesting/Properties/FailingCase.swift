/// A case that fails, and how.
public struct FailingCase<Fingerprint: Hashable> {
  /// What was chosen.
  public let testCase: TestCase
  /// In what way it fails.
  public let fingerprint: Fingerprint
  /// The seed that found it, if one did.
  public let seed: UInt64?

  /// Describes a failing case.
  public init(testCase: TestCase, fingerprint: Fingerprint, seed: UInt64? = nil) {
    self.testCase = testCase
    self.fingerprint = fingerprint
    self.seed = seed
  }
}
