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
  public var commands = 0
  public var discards = 0
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

  public init() {}

  public init(_ coverage: Coverage) {
    runs = coverage.programs
    commands = coverage.commands
    discards = coverage.discards
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
  }
}

extension CoverageSummary {
  /// The numbers as a table and lines of text.
  public var lines: [String] {
    var lines = [Self.row("command", "served", "refused", "discarded")]
    lines += kinds.map { Self.row($0.kind, "\($0.served)", "\($0.refused)", "\($0.skipped)") }
    let sum = kinds.reduce(into: (0, 0)) {
      $0.0 += $1.served
      $0.1 += $1.refused
    }
    lines.append(Self.row("in all", "\(sum.0)", "\(sum.1)", "\(discards)"))
    lines.append("")
    let named = errors.filter { $0.count > 0 }.map { "\($0.name): \($0.count)" }
    lines.append("refused as " + (named.isEmpty ? "nothing" : named.joined(separator: ", ")))
    lines.append(
      "refills \(refills) · granules shared \(granulesShared) · hypercalls \(hypercalls)")
    lines.append(
      "faults: \(faultsFailed) hypercalls failed, \(faultsWithEffect) failed but took effect, "
        + "\(faultsGarbage) answered garbage; \(heapFaults) heap allocations failed")
    lines.append("quarantines \(quarantines) · bytes zeroed \(bytesZeroed)")
    let orders = merges.enumerated().filter { $0.element > 0 }
    lines.append(
      "merges by order: " + orders.map { "\($0.offset): \($0.element)" }.joined(separator: ", "))
    lines.append("distinct states \(distinctStates) · discards \(discards)")
    lines.append("trace \(hex(trace))")
    return lines
  }

  private static func row(_ cells: String...) -> String {
    var row = cells[0].padded(to: 16)
    for cell in cells.dropFirst() {
      row += String(repeating: " ", count: max(12 - cell.count, 0)) + cell
    }
    return row
  }
}
