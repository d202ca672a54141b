import MemorySharing
import SharingModel

/// What a run has covered, as numbers that can be handed from one process to another.
public struct CoverageSummary: Codable, Equatable, Sendable {
  public struct Commands: Codable, Equatable, Sendable {
    public var kind: String
    public var served: Int
    public var refused: Int
    public var skipped: Int
  }

  public struct Errors: Codable, Equatable, Sendable {
    public var name: String
    public var count: Int
  }

  public var runs = 0
  /// Runs that ended before their program, at `Lockstep.mostHypercalls`.
  public var cutShort = 0
  public var commands = 0
  public var skipped = 0
  public var kinds: [Commands] = []
  public var errors: [Errors] = []
  public var refills = 0
  public var granulesShared = 0
  public var quarantines = 0
  public var merges: [Int] = []
  public var faultsFailed = 0
  public var faultsWithEffect = 0
  public var faultsGarbage = 0
  public var heapFaults = 0
  public var hypercalls = 0
  public var bytesZeroed: UInt64 = 0
  public var distinctStates = 0
  /// The same number in every run of the same programs, in debug and release.
  public var trace: UInt64 = 0

  /// By the ids of labels: in how many runs each was reached. Labels that no run could reach on its
  /// backing are left out.
  public var reach: [String: Int] = [:]
  /// How many were left out.
  public var labelsNotApplicable = 0

  public init() {}

  public init(_ coverage: Coverage) {
    runs = coverage.programs
    cutShort = coverage.cutShort
    commands = coverage.commands
    skipped = coverage.discards
    kinds = Command.Kind.allCases.map {
      Commands(
        kind: $0.word, served: coverage.served[$0.rawValue],
        refused: coverage.refused[$0.rawValue], skipped: coverage.skipped[$0.rawValue])
    }
    errors = zip(ShareError.names, coverage.errors).map { Errors(name: $0, count: $1) }
    refills = coverage.refills
    granulesShared = coverage.granulesShared
    quarantines = coverage.quarantines
    merges = coverage.merges
    faultsFailed = coverage.faults.failed
    faultsWithEffect = coverage.faults.failedButTookEffect
    faultsGarbage = coverage.faults.answeredGarbage
    heapFaults = coverage.heapFaults
    hypercalls = coverage.hypercalls
    bytesZeroed = coverage.bytesZeroed
    distinctStates = coverage.distinctStates
    trace = coverage.trace.value
    for (label, count) in zip(coverage.labels, coverage.reached) {
      if coverage.canReach(label) { reach[label.id] = count } else { labelsNotApplicable += 1 }
    }
  }

  /// The labels that fewer runs reached than this, the scarcest first.
  public func labels(reachedBelow least: Int) -> [(id: String, count: Int)] {
    reach.filter { $0.value < least }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      .map { ($0.key, $0.value) }
  }
}
