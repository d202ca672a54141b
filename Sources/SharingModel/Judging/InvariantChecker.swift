import MemorySharing
import SimulatedHypervisors

/// Asks the invariants, at events and after commands, and collects who says no.
public final class InvariantChecker {
  public let model: Model
  /// What was violated at the first failing event and, where that was no harm, the first harm of
  /// the same command.
  public private(set) var violations: [Violation] = []

  /// The checks of all invariants, by their place in `Invariant.all`.
  private let checks: UnsafeMutableBufferPointer<BorrowedChecks>
  /// The plans of all runs so far, each made once, and which of them this run has.
  private var plans: [CheckPlan] = [CheckPlan()]
  private var planned = 0
  /// Which of them are still asked.
  private var pending = InvariantSet.all

  public init(_ model: Model) {
    self.model = model
    checks = .allocate(capacity: Invariant.all.count)
    for (place, invariant) in Invariant.all.enumerated() {
      checks.initializeElement(at: place, to: BorrowedChecks(invariant))
    }
  }

  deinit { checks.deinitialize().deallocate() }

  /// The invariants that are checked in this run, by their place in `Invariant.all`.
  public var checked: [Bool] { plans[planned].checked }

  /// Starts over with the invariants of a backing, less those that need what is not there.
  public func reset(scope: Scope, shown: Capabilities) {
    if !violations.isEmpty { violations.removeAll() }
    pending = .all
    planned = place(ofPlanFor: scope, shown)
  }

  private func place(ofPlanFor scope: Scope, _ shown: Capabilities) -> Int {
    for place in plans.indices where plans[place].isFor(scope, shown) { return place }
    plans.append(CheckPlan(scope, shown))
    return plans.count - 1
  }

  public var hasFailed: Bool { !violations.isEmpty }

  /// Judges one event against the state before it, then lets the model have it.
  public func observe(_ event: PortEvent) {
    if let kind = EventKinds.place(of: event) {
      ask(plans[planned].atEvents[kind]) { $0.onEvent(model, event) }
    }
    model.apply(event)
  }

  /// Judges the state after a command. One that is no call asks the system nothing, and leaves all
  /// that the checks look at as the last call left it.
  public func commandEnded() {
    guard case .call = model.action else { return }
    // Of a guest that has halted nothing is left to judge but whether it may.
    let asked = model.outcome.isHalt ? plans[planned].afterHalts : plans[planned].afterCalls
    ask(asked) { $0.afterCommand(model) }
  }

  @inline(__always)
  private func ask(_ asked: InvariantSet, _ evidence: (borrowing BorrowedChecks) -> Evidence?) {
    let before = violations.count
    asked.intersection(pending).forEach { place in
      if let evidence = evidence(checks[place]) {
        violations.append(Violation(invariant: place, evidence: evidence))
      }
    }
    guard violations.count > before else { return }
    let isHarm = violations[before].invariant < Invariant.harms.count
    pending = isHarm ? .none : .harms
  }
}

/// The checks of one invariant, which are borrowed to be asked: a copied closure counts references.
private struct BorrowedChecks: ~Copyable {
  private let atEvent: Invariant.EventCheck
  private let atEnd: Invariant.CommandCheck

  init(_ invariant: Invariant) {
    // With `??` a closure would be called through thunks.
    if let check = invariant.onEvent { atEvent = check } else { atEvent = { _, _ in nil } }
    if let check = invariant.afterCommand { atEnd = check } else { atEnd = { _ in nil } }
  }

  func onEvent(_ model: Model, _ event: PortEvent) -> Evidence? { atEvent(model, event) }
  func afterCommand(_ model: Model) -> Evidence? { atEnd(model) }
}

/// Which invariants are asked on a backing of a system, and when.
private struct CheckPlan {
  private var scope: Scope = []
  private var shown: Capabilities = []
  private(set) var checked = [Bool](repeating: false, count: Invariant.all.count)
  /// At events, by the place of their kind in `EventKinds.each`.
  private(set) var atEvents: InlineArray<3, InvariantSet> = InlineArray(repeating: InvariantSet())
  private(set) var afterCalls = InvariantSet()
  private(set) var afterHalts = InvariantSet()

  /// Nothing is asked.
  init() {}

  init(_ scope: Scope, _ shown: Capabilities) {
    self.scope = scope
    self.shown = shown
    for (place, invariant) in Invariant.all.enumerated() {
      checked[place] = invariant.scope.contains(scope) && shown.contains(invariant.needs)
      guard checked[place] else { continue }
      for (kind, events) in EventKinds.each.enumerated() where invariant.events.contains(events) {
        atEvents[kind].insert(place)
      }
      if invariant.afterCommand != nil { afterCalls.insert(place) }
      if invariant.id == Invariant.callsReturn.id { afterHalts.insert(place) }
    }
  }

  func isFor(_ scope: Scope, _ shown: Capabilities) -> Bool {
    self.scope == scope && self.shown == shown
  }
}

/// A set of invariants, by their places in `Invariant.all`, of which there are at most 64.
private struct InvariantSet {
  private var bits: UInt64 = 0

  static var none: InvariantSet { InvariantSet() }
  static var all: InvariantSet { InvariantSet(bits: .max) }
  static var harms: InvariantSet { InvariantSet(bits: 1 << UInt64(Invariant.harms.count) - 1) }

  mutating func insert(_ place: Int) {
    precondition(place < UInt64.bitWidth, "a set of invariants has room for so many")
    bits |= 1 << UInt64(place)
  }

  func intersection(_ other: InvariantSet) -> InvariantSet {
    InvariantSet(bits: bits & other.bits)
  }

  /// Hands over the places in ascending order, as they are when this is called.
  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    var rest = bits
    while rest != 0 {
      body(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
  }
}
