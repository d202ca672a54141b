import MemorySharing
import SimulatedHypervisors

/// Asks the invariants, at events and after commands, and collects who says no.
public final class InvariantChecker {
  public let model: Model
  /// What was violated at the first failing event, in order of precedence.
  public private(set) var violations: [Violation] = []
  /// The invariants that are checked in this run, by their place in `Invariant.all`.
  public private(set) var checked: [Bool]

  // Structures, since a tuple of a closure would be called through a thunk.
  private struct EventCheck {
    let invariant: Int
    let check: Invariant.EventCheck
  }

  private struct CommandCheck {
    let invariant: Int
    let check: Invariant.CommandCheck
  }

  /// The checks at events, by the place of their kind of event in `EventKinds.each`.
  private var eventChecks: [[EventCheck]]
  private var commandChecks: [CommandCheck] = []
  private let invariants = Invariant.all

  private static let callsReturn = Invariant.all.firstIndex { $0.id == Invariant.callsReturn.id }

  public init(_ model: Model) {
    self.model = model
    checked = Array(repeating: false, count: Invariant.all.count)
    eventChecks = EventKinds.each.map { _ in [] }
  }

  /// Starts over with the invariants of a backing, less those that need what is not there.
  public func reset(scope: Scope, shown: Capabilities) {
    violations.removeAll(keepingCapacity: true)
    for kind in eventChecks.indices { eventChecks[kind].removeAll(keepingCapacity: true) }
    commandChecks.removeAll(keepingCapacity: true)
    for index in invariants.indices {
      let invariant = invariants[index]
      let isChecked = invariant.scope.contains(scope) && shown.contains(invariant.needs)
      checked[index] = isChecked
      guard isChecked else { continue }
      if let check = invariant.onEvent {
        for (place, kind) in EventKinds.each.enumerated() where invariant.events.contains(kind) {
          eventChecks[place].append(EventCheck(invariant: index, check: check))
        }
      }
      if let check = invariant.afterCommand {
        commandChecks.append(CommandCheck(invariant: index, check: check))
      }
    }
  }

  public var hasFailed: Bool { !violations.isEmpty }

  /// Judges one event against the state before it, then lets the model have it.
  public func observe(_ event: PortEvent) {
    if violations.isEmpty, let place = EventKinds.place(of: event) {
      for check in eventChecks[place] {
        if let evidence = check.check(model, event) {
          violations.append(Violation(invariant: check.invariant, evidence: evidence))
        }
      }
    }
    model.apply(event)
  }

  /// Judges the state after a command.
  public func commandEnded() {
    guard violations.isEmpty else { return }
    // Of a guest that has halted nothing is left to judge but whether it may.
    for check in commandChecks where !model.outcome.isHalt || check.invariant == Self.callsReturn {
      if let evidence = check.check(model) {
        violations.append(Violation(invariant: check.invariant, evidence: evidence))
      }
    }
  }
}
