/// What became of one exhibit on one backend in one campaign: how soon it was killed, and how small
/// the program that kills it is.
public struct MuseumRow: Codable, Equatable, Sendable {
  public var exhibit: String
  public var backend: String
  /// The campaign, by its number.
  public var seed: UInt64
  /// All invariants that were violated at the first failing event; none if it was not killed.
  public var killedBy: [String] = []
  /// The invariant that the exhibit says must see it.
  public var named: String
  /// How many programs and commands were run until then.
  public var programs: UInt64 = 0
  public var commands = 0
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

  public init(exhibit: Exhibit, backend: String, seed: UInt64) {
    self.exhibit = exhibit.id
    self.backend = backend
    self.seed = seed
    self.named = exhibit.seenBy.first ?? ""
  }

  public var isKilled: Bool { !killedBy.isEmpty }
  /// Whether the invariant that must see it is among those that did.
  public var isSeenAsNamed: Bool { killedBy.contains(named) }
  /// Whether shrinking alone ended at a minimum that is proved.
  public var isAtMinimum: Bool { isProved && length == minimum }
  public var isPassed: Bool { isSeenAsNamed && isAtMinimum }
}
