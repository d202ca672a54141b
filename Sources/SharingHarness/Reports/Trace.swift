import MemorySharing
import SharingModel
import SimulatedHypervisors

/// What one run of a program on one backend looked like, in words: all that a report needs, and
/// small enough to be handed from one process to another.
public struct Trace: Codable, Equatable, Sendable {
  public struct Violated: Codable, Equatable, Sendable {
    public var invariant: String
    public var sentence: String
    public var evidence: String
  }

  public struct NotChecked: Codable, Equatable, Sendable {
    public var invariant: String
    public var reason: String
  }

  public var backend: String
  /// The invariants violated at the first failing event, in order of precedence.
  public var violations: [Violated] = []
  /// The step at which that was, as in `Verdict`.
  public var failingStep = 0
  public var failingCommand = "end"
  /// What each step answered, and last what the drop did; up to the failing one.
  public var outcomes: [String] = []
  /// The pool in characters.
  public var picture: [String] = []
  public var notChecked: [NotChecked] = []
  /// The first step that came to nothing.
  public var idle: Idle?

  public init(backend: String) { self.backend = backend }

  public var holds: Bool { violations.isEmpty }

  /// What a shrunk program must keep; nil if all held.
  public var fingerprint: Fingerprint? {
    guard let first = violations.first, let command = CommandName(word: failingCommand) else {
      return nil
    }
    return Fingerprint(invariant: first.invariant, command: command)
  }
}

extension Trace.Violated {
  public init(_ violation: Violation) {
    invariant = violation.id
    sentence = Invariant.all[violation.invariant].sentence
    evidence = violation.evidence.text
  }

  /// The violation that only a supervisor can see.
  public static func callsReturn(_ evidence: String) -> Trace.Violated {
    let index = Invariant.all.firstIndex { $0.id == "calls-return" } ?? 0
    return Trace.Violated(Violation(invariant: index, evidence: Evidence(evidence)))
  }
}

extension Lockstep {
  /// Runs a program and keeps what a report needs; nil where the rig cannot run on such a machine.
  public func trace(_ program: Program, on backend: Backend) -> Trace? {
    guard let verdict = run(program, on: backend, keepingOutcomes: true) else { return nil }
    var trace = Trace(backend: backend.id)
    trace.violations = verdict.violations.map(Trace.Violated.init)
    trace.failingStep = verdict.failingStep
    trace.failingCommand = verdict.failingCommand.word
    trace.idle = verdict.idle
    trace.outcomes = outcomes.map(\.description)
    if verdict.failingStep >= program.steps.count {
      trace.outcomes.append(model.outcome.description)
    }
    if !verdict.holds { trace.picture = PoolPicture(model).lines }
    for (index, invariant) in Invariant.all.enumerated() where !checked[index] {
      guard invariant.needs != .supervision else { continue }
      trace.notChecked.append(
        Trace.NotChecked(
          invariant: invariant.id,
          reason: invariant.scope.contains(model.backing)
            ? invariant.needs.subtracting(rig.shown).reason : "is about other backings"))
    }
    return trace
  }
}

extension Needs {
  /// Why a check was not possible, where this was missing.
  var reason: String {
    if contains(.freeBlocks) { return "needs to see the free blocks" }
    if contains(.steps) { return "needs to see the steps" }
    if contains(.placement) { return "is about a placement rule that was not promised" }
    if contains(.pooling) { return "is about sharing in bulk, which was not promised" }
    if contains(.namedErrors) { return "is about errors that name their fault" }
    if contains(.reports) { return "is about reports, which were not promised" }
    if contains(.twin) { return "needs a host that writes" }
    return "cannot be checked here"
  }
}
