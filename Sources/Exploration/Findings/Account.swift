import SharingHarness
import SharingModel

/// What a reader is shown of a run besides its verdict, in words; nothing reads it back.
package struct Account: Equatable, Codable, Sendable {
  /// What each step answered, and last what the drop did; up to the failing one.
  package var outcomes: [String] = []
  /// The pool in characters, where something was violated.
  package var picture: [String] = []
  package var notChecked: [NotChecked] = []

  package struct NotChecked: Equatable, Codable, Sendable {
    package var invariant: String
    package var reason: String
  }

  package init() {}

  /// - Parameter lockstep: what has just made the run.
  package init(of run: Run, by lockstep: Lockstep) {
    outcomes = run.outcomes.map(\.description)
    if !run.verdict.holds { picture = PoolPicture(lockstep.model).lines }
    for (invariant, isChecked) in zip(Invariant.all, run.checked) where !isChecked {
      guard invariant.needs != .supervision else { continue }
      notChecked.append(
        NotChecked(
          invariant: invariant.id,
          reason: invariant.scope.contains(lockstep.model.backing)
            ? invariant.needs.subtracting(lockstep.rig.shown).reason
            : "not applicable to this kind of pool"))
    }
  }
}

extension Capabilities {
  /// Why a check was not possible, where this was missing.
  fileprivate var reason: String {
    if contains(.freeBlocks) { return "needs to see the free blocks" }
    if contains(.steps) { return "needs the allocator's count of work" }
    if contains(.placement) { return "is about a placement rule that was not promised" }
    if contains(.pooling) { return "is about sharing in bulk, which was not promised" }
    if contains(.namedErrors) { return "is about errors that name their fault" }
    if contains(.evidence) { return "is about the evidence of errors, which was not promised" }
    if contains(.zeroing) { return "is about zeroed memory, which was not promised" }
    if contains(.closing) { return "is about a closed pool, which was not promised" }
    if contains(.callOrder) { return "is about an order of calls that was not promised" }
    if contains(.reports) { return "is about reports, which were not promised" }
    if contains(.turnstile) { return "needs a turnstile" }
    if contains(.twin) { return "needs a host that writes" }
    return "cannot be checked here"
  }
}
