/// What came of trying every case that is shorter than a failing one.
public enum ProofResult: Equatable, Sendable {
  /// No shorter case fails in this way.
  case proved(tried: Int)
  /// This shorter case does: what was chosen for it in the alphabet of the proof.
  case found(TestCase, tried: Int)
  /// The budget ended in the middle of the cases of this length; all shorter ones were tried.
  case outOfBudget(length: Int, tried: Int)

  /// How many cases were run.
  public var tried: Int {
    switch self {
    case .proved(let tried), .found(_, let tried), .outOfBudget(_, let tried): tried
    }
  }
}
