import MemorySharing
import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// What a run has reached: counts that say whether the checks had anything to see.
public struct Coverage: Sendable {
  /// By kind of command: how many were served, refused, and skipped.
  public private(set) var served = [Int](repeating: 0, count: Command.Kind.allCases.count)
  public private(set) var refused = [Int](repeating: 0, count: Command.Kind.allCases.count)
  public private(set) var skipped = [Int](repeating: 0, count: Command.Kind.allCases.count)
  /// By error, as `ShareError.number` says.
  public private(set) var errors = [Int](repeating: 0, count: ShareError.names.count)
  /// Refills that brought a region, and regions kept for quarantine.
  public private(set) var refills = 0
  public private(set) var granulesShared = 0
  public private(set) var quarantines = 0
  /// Merges of free blocks, by the order they left.
  public private(set) var merges = [Int](repeating: 0, count: 64)
  public private(set) var faults = FaultCounts()
  public private(set) var heapFaults = 0
  public private(set) var hypercalls = 0
  public private(set) var bytesZeroed: UInt64 = 0
  public private(set) var programs = 0
  /// Runs that ended before their program, at `Lockstep.mostHypercalls`.
  public private(set) var cutShort = 0
  /// Stands for all that happened in all runs, in order.
  public private(set) var trace = RunHash()
  private var states = StateSet()
  /// The backings that runs were on.
  private var backings: Scope = []
  /// The ids of the backends.
  public private(set) var backends: [String] = []
  /// The table of labels, and in how many runs each was reached.
  public let labels: [Label]
  public private(set) var reached: [Int]

  public init(labels: [Label] = Label.all) {
    self.labels = labels
    reached = [Int](repeating: 0, count: labels.count)
  }

  /// Whether any run could reach a label.
  func canReach(_ label: Label) -> Bool {
    !label.backings.isDisjoint(with: backings) && label.backend.map(backends.contains) ?? true
  }

  public var commands: Int { (served + refused + skipped).reduce(0, +) }
  public var discards: Int { skipped.reduce(0, +) }
  /// How many abstract states were seen, by their classes.
  public var distinctStates: Int { states.count }

  mutating func count(_ step: Step, _ model: Model, in state: UInt64) {
    let kind = step.command.kind.rawValue
    switch model.outcome {
    case .skipped: skipped[kind] += 1
    case .failed(let error):
      refused[kind] += 1
      errors[error.number] += 1
    case .refused, .halted: refused[kind] += 1
    default: served[kind] += 1
    }
    if !model.record.regionsTaken.isEmpty, model.record.poolRequest != nil { refills += 1 }
    granulesShared += model.record.granulesShared
    if step.faults.contains(.heapAllocation), model.record.poolRequest != nil { heapFaults += 1 }
    for order in model.record.merges { merges[order] += 1 }
    states.insert(state)
  }

  mutating func countCutShort() { cutShort += 1 }

  mutating func count(_ model: Model, _ machine: Machine, _ hash: RunHash, _ labels: LabelSet) {
    programs += 1
    backings.formUnion(Scope(runOn: model.backend))
    if !backends.contains(model.backend.id) { backends.append(model.backend.id) }
    labels.forEach { reached[$0] += 1 }
    trace.add(hash.value)
    hypercalls += machine.monitor.callsInAll
    faults.add(machine.monitor.faultCounts)
    bytesZeroed &+= machine.memory.bytesZeroed
    quarantines += model.quarantined.ranges.count
  }
}

extension FaultCounts {
  mutating func add(_ other: FaultCounts) {
    failed += other.failed
    failedButTookEffect += other.failedButTookEffect
    answeredGarbage += other.answeredGarbage
  }
}
