/// What became of the mapped MMIO granules when they were all unmapped.
public struct MMIOReport: Equatable, Sendable {
  /// Granules that this call unmapped.
  public let unmapped: UInt64
  /// Granules that could not be unmapped, now or before: all that `MMIOGuard` lists as stuck.
  public let stillMapped: UInt64

  public init(unmapped: UInt64, stillMapped: UInt64) {
    self.unmapped = unmapped
    self.stillMapped = stillMapped
  }
}

/// The owner of every MMIO granule that the guest has declared.
///
/// AOSP: the MMIO half of `MemoryTracker`. Differs: a failure in the middle is undone, unmapping
/// never gives up, and an UNMAP that failed is never made again: it may have taken effect, and a
/// granule that is not mapped must not be unmapped. Such granules are *stuck*: listed for ever, and
/// refused by `map`.
///
/// The records lie in storage that the caller hands in and keeps alive: mapped regions from its
/// front, stuck ones from its back. Dropping a guard makes no calls.
public struct MMIOGuard<Hypervisor: MMIOGuardHypervisor>: ~Copyable {
  public let hypervisor: Hypervisor
  /// Bytes; a multiple of 4096.
  public let granule: UInt64
  /// Mapped regions, one for each successful `map`.
  public private(set) var mappedCount: Int = 0
  /// Regions that could not be unmapped.
  public private(set) var stuckCount: Int = 0
  /// Granules in the stuck regions that failed to unmap.
  private var stuckGranules: UInt64 = 0
  private let records: UnsafeMutableBufferPointer<AddressRange>
  /// Where devices may lie; nil for anywhere.
  private let window: AddressRange?

  /// Enrols, then asks for the granule.
  ///
  /// - Parameter window: where devices may lie: below main memory, say, and not over the firmware;
  ///   nil for anywhere. AOSP: `MemoryTracker::mmio_range`.
  /// - Throws: `mmioGuardUnsupported`, `hypercallFailed`, `mmioGranuleIsMisaligned`.
  public init(
    hypervisor: Hypervisor, window: AddressRange? = nil,
    records: UnsafeMutableBufferPointer<AddressRange>
  ) throws(ShareError) {
    try hypervisor.enroll()
    self.granule = try hypervisor.mmioGranule()
    self.hypervisor = hypervisor
    self.window = window
    self.records = records
  }

  /// Declares every granule that the range touches, each once, in ascending order.
  ///
  /// If a call fails, the granules mapped before it are unmapped again, last-in first-out; those
  /// that cannot be are stuck.
  ///
  /// - Throws: `rangeOverflows` (rounded out, it leaves 64 bits), `rangeIsOutside` (rounded out, it
  ///   leaves the window), `alreadyMapped` with the lowest such granule, `tooManyRegions`, all
  ///   before any call; `hypercallFailed`.
  public mutating func map(_ range: AddressRange) throws(ShareError) {
    let region = try roundedOut(range)
    if let window, !window.contains(region) { throw .rangeIsOutside(range) }
    if let address = lowestMapped(in: region) { throw .alreadyMapped(address) }
    guard mappedCount &+ stuckCount < records.count else { throw .tooManyRegions }

    var address = region.start
    while address < region.end {
      do throws(ShareError) {
        try hypervisor.map(address)
      } catch {
        _ = unmap(from: region.start, to: address)
        throw error
      }
      address = PhysicalAddress(address.rawValue &+ granule)
    }
    records[mappedCount] = region
    mappedCount &+= 1
  }

  /// Unmaps everything, last-in first-out, so that the console, mapped first, goes last.
  ///
  /// A granule that cannot be unmapped does not stop the sweep. A second call finds nothing to do.
  public mutating func unmapAll() -> MMIOReport {
    var unmapped: UInt64 = 0
    while mappedCount > 0 {
      mappedCount &-= 1
      let region = records[mappedCount]
      unmapped &+= unmap(from: region.start, to: region.end)
    }
    return MMIOReport(unmapped: unmapped, stillMapped: stuckGranules)
  }

  /// A mapped region, counted from the first. Traps at `mappedCount` and above.
  public func mapped(at index: Int) -> AddressRange {
    precondition(index >= 0 && index < mappedCount)
    return records[index]
  }

  /// A region that could not be unmapped, counted from the first. Traps at `stuckCount` and above.
  ///
  /// Should the storage run full, neighbouring ones are merged over the unmapped granules between
  /// them: a region then lists more than is stuck, never less.
  public func stuck(at index: Int) -> AddressRange {
    precondition(index >= 0 && index < stuckCount)
    return records[records.count &- 1 &- index]
  }
}

extension MMIOGuard {
  /// The whole granules that a range touches. Granules need not be powers of two.
  private func roundedOut(_ range: AddressRange) throws(ShareError) -> AddressRange {
    let start = range.start.rawValue &- range.start.rawValue % granule
    let excess = range.end.rawValue % granule
    let (end, overflow) = range.end.rawValue.addingReportingOverflow(
      excess == 0 ? 0 : granule &- excess)
    guard !overflow else { throw .rangeOverflows(start: range.start, size: range.size) }
    return AddressRange(uncheckedStart: start, size: end &- start)
  }

  private func lowestMapped(in region: AddressRange) -> PhysicalAddress? {
    var lowest: PhysicalAddress?
    var index = 0
    while index < mappedCount &+ stuckCount {
      let record = index < mappedCount ? mapped(at: index) : stuck(at: index &- mappedCount)
      if record.overlaps(region) {
        let first = record.start < region.start ? region.start : record.start
        if lowest == nil || first < lowest! { lowest = first }
      }
      index &+= 1
    }
    return lowest
  }

  /// Unmaps the granules from the last to the first and says how many succeeded. The others become
  /// stuck; the caller has left room for one record.
  private mutating func unmap(from start: PhysicalAddress, to end: PhysicalAddress) -> UInt64 {
    var unmapped: UInt64 = 0
    let stuckBefore = stuckCount
    var address = end
    while start < address {
      address = PhysicalAddress(address.rawValue &- granule)
      do throws(ShareError) {
        try hypervisor.unmap(address)
        unmapped &+= 1
      } catch {
        addStuck(address, mayJoinLast: stuckCount > stuckBefore)
      }
    }
    return unmapped
  }

  /// Lists one granule, which lies below every granule that this sweep has listed before it.
  private mutating func addStuck(_ address: PhysicalAddress, mayJoinLast: Bool) {
    stuckGranules &+= 1
    let isFull = mappedCount &+ stuckCount == records.count
    if mayJoinLast {
      let last = stuck(at: stuckCount &- 1)
      if isFull || last.start.rawValue &- address.rawValue == granule {
        records[records.count &- stuckCount] = AddressRange(
          uncheckedStart: address.rawValue, size: last.end.rawValue &- address.rawValue)
        return
      }
    }
    stuckCount &+= 1
    records[records.count &- stuckCount] = AddressRange(
      uncheckedStart: address.rawValue, size: granule)
  }
}
