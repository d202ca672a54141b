/// What the guest knows of its memory: all of it, and the regions in it that are spoken for.
///
/// AOSP: `MemoryTracker { total, regions }`. Differs: MMIO has its own owner, `MMIOGuard`.
public struct MemoryMap: Sendable {
  /// How many regions are tracked at most. AOSP: `MemoryTracker::CAPACITY`.
  public static var capacity: Int { 5 }

  public let memory: AddressRange
  public private(set) var regionCount: Int = 0
  private var regions: InlineArray<5, AddressRange>

  public init(memory: AddressRange) {
    self.memory = memory
    self.regions = InlineArray(repeating: memory)
  }

  /// A tracked region, counted in the order in which they came. Traps at `regionCount` and above.
  public func region(at index: Int) -> AddressRange {
    precondition(index >= 0 && index < regionCount)
    return regions[index]
  }

  /// Claims a region for somebody. AOSP: `MemoryTracker::alloc`.
  ///
  /// - Throws: `rangeIsOutside`, `rangeOverlaps`, `tooManyRegions`; nothing has changed then.
  public mutating func track(_ range: AddressRange) throws(ShareError) {
    try checkTrackable(range)
    regions[regionCount] = range
    regionCount &+= 1
  }

  /// Applies the rules of a static region to an address and a size as the device tree gives them
  /// (spec §4, §3.11), in bytes, and tracks nothing.
  ///
  /// - Throws: `rangeIsEmpty`, `rangeOverflows`, `rangeIsMisaligned`, `rangeHoldsAddressZero`,
  ///   `rangeIsOutside`, `rangeOverlaps`, `tooManyRegions`; the first that applies.
  public func checkStaticRange(
    start: UInt64, size: UInt64
  ) throws(ShareError) -> AddressRange {
    let range = try AddressRange(start: PhysicalAddress(start), size: size)
    guard (start | size) & (pageSize &- 1) == 0 else { throw .rangeIsMisaligned(range) }
    guard start != 0 else { throw .rangeHoldsAddressZero(range) }
    try checkTrackable(range)
    return range
  }

  private func checkTrackable(_ range: AddressRange) throws(ShareError) {
    guard memory.contains(range) else { throw .rangeIsOutside(range) }
    var index = 0
    while index < regionCount {
      if regions[index].overlaps(range) { throw .rangeOverlaps(range) }
      index &+= 1
    }
    guard regionCount < Self.capacity else { throw .tooManyRegions }
  }
}
