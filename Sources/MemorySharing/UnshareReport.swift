/// What a teardown did. The guest OS must not be entered while it lists quarantined granules.
public struct UnshareReport: Equatable, Sendable {
  /// Granules that this teardown took back from the host.
  public var granulesUnshared: UInt64 = 0
  /// Granules that could not be taken back, now or earlier: the host may still reach them.
  public var granulesQuarantined: UInt64 = 0
  /// Regions that went back to the heap, scrubbed.
  public var regionsReturned: UInt64 = 0
  /// Regions that stay away from the heap, since they hold a quarantined granule.
  public var regionsKept: UInt64 = 0

  @inlinable
  public init() {}

  /// The report of a teardown that found nothing to do.
  public var isEmpty: Bool { self == UnshareReport() }
}
