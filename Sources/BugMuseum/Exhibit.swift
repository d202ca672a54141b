import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A real bug, rebuilt in our own words behind one of the core's ports: a rig with one thing wrong.
///
/// Exhibits ask the checkers: do you see it, how soon, and how small is the counterexample?
public struct Exhibit: Sendable {
  public let id: String
  /// What goes wrong, in one sentence.
  public let sentence: String
  /// Where the bug was real.
  public let source: String
  /// The invariants that must see it: all of them violated at the first failing event.
  public let seenBy: [String]
  /// The backings of the pool on which it can show.
  public let scope: Scope
  public let rig: Rig

  init(
    _ id: String, _ sentence: String, source: String, seenBy: [String], scope: Scope = .all,
    shown: Needs = .everything, make: @escaping @Sendable (Machine) -> (any SharingSystem)?
  ) {
    self.id = id
    self.sentence = sentence
    self.source = source
    self.seenBy = seenBy
    self.scope = scope
    self.rig = Rig(id: id, shown: shown, make: make)
  }

  /// The backends on which it can show.
  public var backends: [Backend] {
    Backend.all.filter { scope.contains(Scope($0.sharing)) }
  }

  public static func named(_ id: String) -> Exhibit? { (all + selfTests).first { $0.id == id } }
}
