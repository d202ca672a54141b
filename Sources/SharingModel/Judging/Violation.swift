/// An invariant that does not hold, with its evidence.
public struct Violation: Equatable, Sendable {
  /// The place of the invariant in `Invariant.all`.
  public let invariant: Int
  public let evidence: Evidence

  public init(invariant: Int, evidence: Evidence) {
    self.invariant = invariant
    self.evidence = evidence
  }

  public var id: String { Invariant.all[invariant].id }
  public var sentence: String { Invariant.all[invariant].sentence }

  /// The violation that only a supervisor can see: the process died, or hung.
  public static func callsReturn(_ evidence: String) -> Violation {
    guard let index = Invariant.all.firstIndex(where: { $0.id == "calls-return" }) else {
      preconditionFailure("calls-return is an invariant")
    }
    return Violation(invariant: index, evidence: Evidence(evidence))
  }
}

/// Written with the invariant's id, so that it can be read where the list has grown.
extension Violation: Codable {
  private enum Key: String, CodingKey { case invariant, evidence }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let id = try container.decode(String.self, forKey: .invariant)
    guard let index = Invariant.all.firstIndex(where: { $0.id == id }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .invariant, in: container, debugDescription: "there is no invariant \"\(id)\"")
    }
    invariant = index
    evidence = try container.decode(Evidence.self, forKey: .evidence)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .invariant)
    try container.encode(evidence, forKey: .evidence)
  }
}
