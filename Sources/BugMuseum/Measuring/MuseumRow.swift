/// What became of one exhibit in one campaign: how soon it was killed, and how small the program
/// that kills it is.
public struct MuseumRow: Codable, Equatable, Sendable {
  public var exhibit: String
  /// The campaign, by its number.
  public var seed: UInt64
  /// Where it was killed first; nil if it was not.
  public var backend: String?
  /// All invariants that were violated at the first failing event.
  public var killedBy: [String] = []
  /// The invariants that the exhibit says must see it.
  public var named: [String]
  /// How many programs and commands were run until then.
  public var programs: UInt64
  public var commands: Int
  /// Where the shrunk program fails.
  public var shrunkOn: String?
  /// The commands of the shrunk program, and of the smallest that a proof knows.
  public var length: Int?
  public var minimum: Int?
  /// Whether the proof came to its end.
  public var isProved = false
  /// How many programs shrinking ran, and how many the proof.
  public var evaluations: Int?
  public var tried: Int?
  /// The smallest program.
  public var program: String?
  /// Of finding and shrinking, and of proving; they decide nothing.
  public var seconds = 0.0
  public var proofSeconds = 0.0

  /// Whether shrinking alone ended at a minimum that is proved.
  public var isAtMinimum: Bool { isProved && length == minimum }
}
