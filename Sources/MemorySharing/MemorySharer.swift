/// The owner of everything that is shared with the host on demand.
///
/// It takes zeroed regions from the heap, shares them granule by granule, and gives every one of
/// them back, unshared and scrubbed, when it is told to or is dropped. Only an UNSHARE that
/// answered 0 proves a granule private; a granule that cannot be proved private is quarantined, and
/// its region stays away from the heap for good (spec §4).
///
/// AOSP: `MemorySharer`. Differs: errors instead of panics; a failure in the middle of a refill is
/// rolled back; teardown goes on after a granule that cannot be unshared, and reports it.
public struct MemorySharer<
  Hypervisor: MemorySharingHypervisor, Memory: GuestMemory, Frames: RegionSource
>: ~Copyable {
  /// AOSP: `MemorySharer::granule`.
  public let granule: Granule
  /// Nil where nothing has to be shared by hypercall: the guest's memory is the host's anyway.
  @usableFromInline
  let hypervisor: Hypervisor?
  @usableFromInline
  let memory: Memory
  @usableFromInline
  let frames: Frames
  /// AOSP: `MemorySharer::shared_regions`.
  @usableFromInline
  var regions: RegionStack

  /// A sharer that has shared nothing. AOSP: `MemorySharer::new_unique`.
  ///
  /// - Parameters:
  ///   - hypervisor: nil makes a sharer that takes regions and makes no hypercall.
  ///   - records: storage for the records of regions, aligned to 8, which must outlive the sharer;
  ///     `recordSize(ofRegion:granule:)` says what one takes.
  @inlinable
  public init(
    granule: Granule, hypervisor: Hypervisor?, memory: Memory, frames: Frames,
    records: UnsafeMutableRawBufferPointer
  ) {
    self.granule = granule
    self.hypervisor = hypervisor
    self.memory = memory
    self.frames = frames
    self.regions = RegionStack(storage: records)
  }

  @inlinable
  deinit {
    // Nobody is left to report to.
    guard let hypervisor else {
      _ = sweep()
      return
    }
    var record = regions.last
    while let current = record {
      let wasSettled = regions.state(of: current) == .settled
      if !wasSettled {
        var report = UnshareReport()
        settle(current, &report)
        forEachQuarantined(of: current) { granule in hypervisor.abandon(granule) }
      }
      record = regions.before(current)
    }
  }

  /// Bytes of record storage that a region takes.
  @inlinable
  public static func recordSize(ofRegion size: UInt64, granule: Granule) -> UInt64 {
    RegionStack.recordSize(granules: size / granule.bytes)
  }

  /// Takes a zeroed region from the heap and shares all of it. AOSP: `MemorySharer::refill`.
  ///
  /// Granules are shared in ascending order, and the region is recorded before the first of them.
  ///
  /// - Parameter layout: in whole granules, and aligned to one.
  /// - Throws: `outOfMetadata`, `exhausted`, and `hypercallFailed`; whatever was shared is
  ///   taken back then, or quarantined.
  @inlinable
  public mutating func refill(_ layout: Layout) throws(ShareError) -> AddressRange {
    let granules = hypervisor == nil ? 0 : layout.size / granule.bytes
    try regions.reserve(granules: granules)
    let start: PhysicalAddress
    do throws(ShareError) {
      start = try frames.allocateZeroed(layout)
    } catch {
      // The heap may refuse with another error (a region larger than its top order, say); the
      // caller sees `exhausted`.
      throw .exhausted(layout)
    }
    let region = AddressRange(uncheckedStart: start.rawValue, size: layout.size)
    let record = regions.push(region, alignment: layout.alignment, granules: granules)
    guard let hypervisor else { return region }

    for index in 0..<granules {
      do throws(ShareError) {
        try hypervisor.share(address(of: index, in: region))
      } catch {
        if !provePrivate(address(of: index, in: region), hypervisor) {
          regions.quarantine(index, of: record)
        }
        var report = UnshareReport()
        takeBack(0..<index, of: record, &report)
        if giveBack(record, &report) { regions.pop() }
        throw error
      }
    }
    return region
  }

  /// Undoes the last refill, whose region nobody has used. See `SharedPool.allocateShared`.
  @inlinable
  mutating func withdrawLastRegion() {
    guard let record = regions.last else { return }
    var report = UnshareReport()
    takeBack(0..<granuleCount(of: record), of: record, &report)
    if giveBack(record, &report) { regions.pop() }
  }

  /// Unshares every region and gives it back to the heap; never throws, and never stops halfway.
  ///
  /// Regions go last-in first-out, granules ascending. What was reported once is not reported
  /// again. AOSP: `unshare_all_memory`, `MemorySharer::drop`.
  @inlinable
  public mutating func unshareAll() -> UnshareReport { sweep() }

  /// Calls back for every granule that could not be taken back, with the region that holds it.
  @inlinable
  public func forEachQuarantinedGranule(
    _ body: (_ granule: AddressRange, _ region: AddressRange) -> Void
  ) {
    var record = regions.last
    while let current = record {
      let region = regions.region(of: current)
      forEachQuarantined(of: current) { granule in body(granule, region) }
      record = regions.before(current)
    }
  }
}

extension MemorySharer {
  // Nonmutating, since `deinit` needs them: the record storage is written through a pointer.

  @inlinable
  func sweep() -> UnshareReport {
    var report = UnshareReport()
    var record = regions.last
    while let current = record {
      settle(current, &report)
      record = regions.before(current)
    }
    return report
  }

  /// Ends a region: private and in the heap again, or kept; either way reported.
  @inlinable
  func settle(_ record: RegionStack.Record, _ report: inout UnshareReport) {
    switch regions.state(of: record) {
    case .settled: return
    case .shared:
      takeBack(0..<granuleCount(of: record), of: record, &report)
      _ = giveBack(record, &report)
    case .kept: report.regionsKept += 1
    }
    forEachQuarantined(of: record) { _ in report.granulesQuarantined += 1 }
    regions.setState(.settled, of: record)
  }

  /// Unshares granules that were shared; quarantines those that cannot be.
  @inlinable
  func takeBack(
    _ granules: Range<UInt64>, of record: RegionStack.Record, _ report: inout UnshareReport
  ) {
    guard let hypervisor else { return }
    let region = regions.region(of: record)
    for index in granules {
      do throws(ShareError) {
        try hypervisor.unshare(address(of: index, in: region))
        report.granulesUnshared += 1
      } catch {
        regions.quarantine(index, of: record)
      }
    }
  }

  /// Scrubs a region that is no longer shared and gives it back to the heap, unless it holds a
  /// quarantined granule.
  ///
  /// - Returns: whether the heap has it.
  @inlinable
  func giveBack(_ record: RegionStack.Record, _ report: inout UnshareReport) -> Bool {
    let region = regions.region(of: record)
    var quarantined: UInt64 = 0
    forEachQuarantined(of: record) { _ in quarantined += 1 }
    if quarantined == 0 {
      memory.zero(region)
      if (try? frames.deallocate(region.start, regions.layout(of: record))) != nil {
        report.regionsReturned += 1
        return true
      }
    } else {
      for index in 0..<granuleCount(of: record) where !regions.isQuarantined(index, of: record) {
        memory.zero(
          AddressRange(
            uncheckedStart: address(of: index, in: region).rawValue, size: granule.bytes))
      }
    }
    report.regionsKept += 1
    regions.setState(.kept, of: record)
    return false
  }

  /// After a SHARE that failed: whether the granule is proved to be private.
  ///
  /// The call may have taken effect all the same, and -3 to an UNSHARE does not tell "was never
  /// shared" from "is shared and pinned"; so one probe, SHARE and UNSHARE, settles it. If the host
  /// had the granule, it may have written there, and what becomes shared is zero.
  @inlinable
  func provePrivate(_ granule: PhysicalAddress, _ hypervisor: Hypervisor) -> Bool {
    if succeeds({ () throws(ShareError) in try hypervisor.unshare(granule) }) { return true }
    memory.zero(AddressRange(uncheckedStart: granule.rawValue, size: self.granule.bytes))
    return succeeds({ () throws(ShareError) in try hypervisor.share(granule) })
      && succeeds({ () throws(ShareError) in try hypervisor.unshare(granule) })
  }

  @inlinable
  func succeeds(_ call: () throws(ShareError) -> Void) -> Bool {
    do throws(ShareError) {
      try call()
      return true
    } catch {
      return false
    }
  }

  @inlinable
  func forEachQuarantined(
    of record: RegionStack.Record, _ body: (AddressRange) -> Void
  ) {
    let region = regions.region(of: record)
    for index in 0..<granuleCount(of: record) where regions.isQuarantined(index, of: record) {
      body(
        AddressRange(uncheckedStart: address(of: index, in: region).rawValue, size: granule.bytes))
    }
  }

  @inlinable
  func granuleCount(of record: RegionStack.Record) -> UInt64 {
    hypervisor == nil ? 0 : regions.region(of: record).size / granule.bytes
  }

  @inlinable
  func address(of index: UInt64, in region: AddressRange) -> PhysicalAddress {
    PhysicalAddress(region.start.rawValue &+ index &* granule.bytes)
  }
}
