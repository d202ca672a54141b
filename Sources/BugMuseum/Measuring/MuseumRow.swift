/// What became of one exhibit on one backend in one campaign: how soon it was killed, and how small
/// the program that kills it is.
package struct MuseumRow: Codable, Equatable, Sendable {
  package var exhibit: String
  package var backend: String
  /// The campaign, by its number.
  package var seed: UInt64
  /// All invariants that were violated at the first failing event; none if it was not killed.
  package var killedBy: [String] = []
  /// The invariant that the exhibit says must see it.
  package var named: String
  /// How many programs and commands were run until then.
  package var programs: UInt64 = 0
  package var commands = 0
  /// The commands of the shrunk program, and of the smallest that a proof knows.
  package var length: Int?
  package var minimum: Int?
  /// Whether the proof reached its end.
  package var isProved = false
  /// How many programs shrinking ran, and how many the proof.
  package var evaluations: Int?
  package var tried: Int?
  /// The smallest program.
  package var program: String?
  /// Of finding and shrinking, and of proving; they decide nothing.
  package var seconds = 0.0
  package var proofSeconds = 0.0

  package init(exhibit: Exhibit, backend: String, seed: UInt64) {
    self.exhibit = exhibit.id
    self.backend = backend
    self.seed = seed
    self.named = exhibit.seenBy.first ?? ""
  }

  package var isKilled: Bool { !killedBy.isEmpty }
  /// Whether the invariant that must see it is among those that did.
  package var isSeenAsNamed: Bool { killedBy.contains(named) }
  /// Whether shrinking alone ended at a minimum that is proved.
  package var isAtMinimum: Bool { isProved && length == minimum }
  package var isPassed: Bool { isSeenAsNamed && isAtMinimum }
}
