/// What came of one case that a ``Prover`` tried.
public struct Trial<Fingerprint: Hashable> {
  /// In what way it failed; `nil` if it held.
  public let fingerprint: Fingerprint?
  /// How much of it can have made a difference.
  public let relevance: Relevance

  /// Describes a trial.
  public init(fingerprint: Fingerprint?, relevance: Relevance = .everything) {
    self.fingerprint = fingerprint
    self.relevance = relevance
  }
}
