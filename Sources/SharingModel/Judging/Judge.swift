import MemorySharing
import SimulatedHypervisors

/// Asks the invariants, at events and after commands, and collects who says no.
public final class Judge {
  public let model: Model
  /// What was violated at the first failing event, in order of precedence.
  public private(set) var violations: [Violation] = []
  /// The invariants that are checked in this run, by their place in `Invariant.all`.
  public private(set) var checked: [Bool]

  private var eventChecks: [Int] = []
  private var commandChecks: [Int] = []
  private let invariants = Invariant.all

  public init(_ model: Model) {
    self.model = model
    checked = Array(repeating: false, count: Invariant.all.count)
  }

  /// Starts over with the invariants of a backing, less those that need what is not there.
  public func reset(scope: Scope, shown: Needs) {
    violations.removeAll(keepingCapacity: true)
    eventChecks.removeAll(keepingCapacity: true)
    commandChecks.removeAll(keepingCapacity: true)
    for index in invariants.indices {
      let invariant = invariants[index]
      let isChecked = invariant.scope.contains(scope) && shown.contains(invariant.needs)
      checked[index] = isChecked
      guard isChecked else { continue }
      if invariant.onEvent != nil { eventChecks.append(index) }
      if invariant.afterCommand != nil { commandChecks.append(index) }
    }
  }

  public var hasFailed: Bool { !violations.isEmpty }

  /// Judges one event against the state before it, then lets the model have it.
  public func observe(_ event: PortEvent) {
    if violations.isEmpty {
      let kind = EventKinds(event)
      for index in eventChecks where invariants[index].events.contains(kind) {
        if let evidence = invariants[index].onEvent?(model, event) {
          violations.append(Violation(invariant: index, evidence: evidence))
        }
      }
    }
    model.apply(event)
  }

  /// Judges the state after a command.
  public func commandEnded() {
    guard violations.isEmpty else { return }
    for index in commandChecks {
      if let evidence = invariants[index].afterCommand?(model) {
        violations.append(Violation(invariant: index, evidence: evidence))
      }
    }
  }
}
