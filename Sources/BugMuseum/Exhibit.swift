import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A rig with one bug, mostly a real one: put into the core, around it, or at its ports, in our own
/// words. A canary is invented to test the checks themselves.
///
/// Exhibits ask the checkers: do you see it, how soon, and how small is the counterexample?
public struct Exhibit: Sendable {
  public let id: String
  /// What goes wrong, in one sentence.
  public let sentence: String
  /// Where the bug was real; "ours" where it was invented.
  public let source: String
  /// The invariants that must see it, all of them violated at the first failing event; the first
  /// one is the one that it names.
  public let seenBy: [String]
  /// The backends on which it can show.
  public let backends: [Backend]
  public let rig: Rig

  /// An exhibit stands for another implementation, and promises neither an order of calls nor a
  /// turnstile unless `shown` is given with them.
  ///
  /// - Parameters:
  ///   - scope: the backings of the pool on which it can show.
  ///   - backends: the backends on which it can show, of those with such a backing.
  init(
    _ id: String, _ sentence: String, source: String, seenBy: [String], scope: Scope = .all,
    backends: [Backend] = Backend.all,
    shown: Capabilities = Capabilities.everything.subtracting([.callOrder, .turnstile]),
    make: @escaping @Sendable (Machine) throws -> (any SharingSystem)?
  ) {
    self.id = id
    self.sentence = sentence
    self.source = source
    self.seenBy = seenBy
    self.backends = backends.filter { scope.contains(Scope($0.sharing)) }
    self.rig = Rig(id: id, shown: shown, make: make)
  }

  /// Whether it kills or hangs its process, so that only a supervisor survives it.
  public var isDeadly: Bool { seenBy.contains("calls-return") }

  public static func named(_ id: String) -> Exhibit? {
    (all + thresholds + selfTests).first { $0.id == id }
  }
}
