/// What a teardown did.
///
/// Enter the guest OS only if the first report has `granulesQuarantined == 0`. Losses are told
/// once, so the reports of later teardowns are empty; `forEachQuarantinedGranule` always lists
/// them.
public struct UnshareReport: Equatable, Sendable {
  /// Granules that this teardown took back from the host.
  public var granulesUnshared: UInt64 = 0
  /// Granules that could not be taken back, now or by an earlier refill that failed: the host may
  /// still reach them.
  public var granulesQuarantined: UInt64 = 0
  /// Regions that went back to the heap, scrubbed.
  public var regionsReturned: UInt64 = 0
  /// Regions that stay away from the heap, since they hold a quarantined granule, or since the heap
  /// refused them.
  public var regionsKept: UInt64 = 0

  @inlinable
  public init() {}

  /// The report of a teardown that found nothing to do.
  public var isEmpty: Bool { self == UnshareReport() }
}
