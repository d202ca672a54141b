/// What came of running one case.
public struct Evaluation<Fingerprint: Hashable> {
  /// The case as the grammar consumed it.
  public let testCase: TestCase
  /// In what way it failed; `nil` if it passed or was discarded.
  public let fingerprint: Fingerprint?
  /// Whether the case says nothing.
  public let isDiscarded: Bool
  /// What the run said about itself.
  public let notes: Notes

  /// Describes an evaluation.
  public init(
    testCase: TestCase, fingerprint: Fingerprint?, isDiscarded: Bool = false,
    notes: Notes = Notes()
  ) {
    self.testCase = testCase
    self.fingerprint = fingerprint
    self.isDiscarded = isDiscarded
    self.notes = notes
  }
}
