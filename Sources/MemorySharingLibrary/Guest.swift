import MemorySharing
import MemorySharingInterface

// A guest in C's terms: the calls of memory_sharing.h on its pool, HAL and MMIO guard.

typealias Hypervisor = DetectedHypervisor<ForeignConduit>

/// What a guest enters by its turnstile.
struct ForeignGuest: ~Copyable {
  let hypervisor: Hypervisor
  var map: MemoryMap
  var pool: SharedPool<Hypervisor, ForeignMemory, ForeignRegions, BuddyAllocator>
  /// Nil where the hypervisor has none.
  var mmioGuard: MMIOGuard<Hypervisor>?
}

/// What lies in a `sharing_guest`: the turnstile, its one bit, and behind them what it guards.
public typealias Guest = UnsafeMutablePointer<sharing_guest>

extension Guest {
  var turnstile: UnsafeMutablePointer<Turnstile<ForeignGuest>> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: Turnstile<ForeignGuest>.self)
  }

  private static var bitOffset: Int { MemoryLayout<Turnstile<ForeignGuest>>.stride }
  private static var partsOffset: Int { bitOffset + MemoryLayout<UInt64>.stride }

  var parts: UnsafeMutablePointer<ForeignGuest> {
    (UnsafeMutableRawPointer(self) + Self.partsOffset).assumingMemoryBound(to: ForeignGuest.self)
  }

  /// Lays a guest out in memory that C handed in.
  func place(_ parts: consuming ForeignGuest) {
    precondition(
      Self.partsOffset + MemoryLayout<ForeignGuest>.size <= MemoryLayout<sharing_guest>.size
        && MemoryLayout<ForeignGuest>.alignment <= MemoryLayout<UInt64>.alignment)
    let bytes = UnsafeMutableRawPointer(self)
    let place = (bytes + Self.partsOffset).bindMemory(to: ForeignGuest.self, capacity: 1)
    place.initialize(to: parts)
    bytes.bindMemory(to: Turnstile<ForeignGuest>.self, capacity: 1).initialize(
      to: Turnstile(place, isTaken: (bytes + Self.bitOffset).bindMemory(to: Bool.self, capacity: 1))
    )
  }

  /// Makes a call by the turnstile.
  func enter(
    _ evidence: Evidence?, _ call: (inout ForeignGuest) throws(ShareError) -> Void
  ) -> UInt32 {
    answer(evidence) { () throws(ShareError) in try turnstile.pointee.enter(call) }
  }
}

// MARK: From the first call to the last

@c @implementation
public func sharing_record_size(_ region: UInt64, _ granule: UInt64) -> UInt64 {
  guard let granule = try? Granule(bytes: granule) else { return 0 }
  return RegionStack.recordSize(granules: region / granule.bytes)
}

@c @implementation
public func sharing_create(
  _ guest: Guest!, _ machine: UnsafePointer<sharing_machine>!, _ evidence: Evidence!
) -> UInt32 {
  answer(evidence) { () throws(ShareError) in
    guest.place(try .made(on: machine.pointee))
  }
}

extension ForeignGuest {
  /// - Throws: `unknownHypervisor`, `hypercallFailed`, `mmioGranuleIsMisaligned`, and what the map
  ///   throws.
  fileprivate static func made(on machine: sharing_machine) throws(ShareError) -> ForeignGuest {
    let ports = machine.ports!
    let hypervisor = try Hypervisor.detect(
      through: ForeignConduit(ports: ports),
      generation: machine.is_android13 == 0 ? .current : .android13)
    let arena = try AddressRange(machine.arena)
    var map = MemoryMap(memory: try AddressRange(machine.memory))
    try map.track(arena)
    return ForeignGuest(
      hypervisor: hypervisor, map: map,
      pool: SharedPool(
        hypervisor: hypervisor, memory: ForeignMemory(ports: ports),
        frames: ForeignRegions(ports: ports, heap: machine.heap.map { $0.state }, window: arena),
        blocks: BuddyAllocator(
          minimumBlock: machine.minimum_block, orders: machine.orders,
          metadata: UnsafeMutableRawBufferPointer(machine.pool_metadata)),
        records: UnsafeMutableRawBufferPointer(machine.region_records)),
      mmioGuard: try mmioGuard(machine, hypervisor))
  }

  /// Nil where the hypervisor has none.
  private static func mmioGuard(
    _ machine: sharing_machine, _ hypervisor: Hypervisor
  ) throws(ShareError) -> MMIOGuard<Hypervisor>? {
    let records = UnsafeMutableRawBufferPointer(machine.mmio_records)
    let window = machine.devices.size == 0 ? nil : try AddressRange(machine.devices)
    do throws(ShareError) {
      return try MMIOGuard(
        hypervisor: hypervisor, window: window, records: records.bindMemory(to: AddressRange.self))
    } catch {
      guard error == .mmioGuardUnsupported else { throw error }
      return nil
    }
  }
}

@c @implementation
public func sharing_drop(_ guest: Guest!) {
  let parts = guest.parts
  guest.turnstile.deinitialize(count: 1)
  parts.deinitialize(count: 1)
}

@c @implementation
public func sharing_init(
  _ guest: Guest!, _ how: UInt32, _ range: UnsafePointer<sharing_range>!, _ evidence: Evidence!
) -> UInt32 {
  let range = range.map { (start: $0.pointee.start, size: $0.pointee.size) }
  return guest.enter(evidence) { parts throws(ShareError) in
    switch how {
    case SHARING_INIT_DYNAMIC.rawValue: try parts.pool.initialiseDynamic()
    case SHARING_INIT_HEAP.rawValue: try parts.pool.initialiseHeap()
    case SHARING_INIT_STATIC.rawValue:
      guard let range else { throw .noStaticRange }
      try parts.pool.initialiseStatic(start: range.start, size: range.size, in: &parts.map)
    default:
      try parts.pool.initialise(
        for: parts.hypervisor.sharingSupport, staticRange: range, in: &parts.map)
    }
  }
}

@c @implementation
public func sharing_unshare_all(
  _ guest: Guest!, _ report: UnsafeMutablePointer<sharing_unshare_report>!
) -> UInt32 {
  guest.enter(nil) { parts throws(ShareError) in
    let done = parts.pool.unshareAll()
    report?.pointee = sharing_unshare_report(
      granules_unshared: done.granulesUnshared, granules_quarantined: done.granulesQuarantined,
      regions_returned: done.regionsReturned, regions_kept: done.regionsKept)
  }
}

// MARK: Buffers

@c @implementation
public func sharing_alloc_shared(
  _ guest: Guest!, _ size: UInt64, _ alignment: UInt64, _ address: UnsafeMutablePointer<UInt64>!,
  _ evidence: Evidence!
) -> UInt32 {
  guest.enter(evidence) { parts throws(ShareError) in
    let layout = try Layout(size: size, alignment: alignment)
    address.pointee = try parts.pool.allocateShared(layout).rawValue
  }
}

@c @implementation
public func sharing_dealloc_shared(
  _ guest: Guest!, _ address: UInt64, _ size: UInt64, _ alignment: UInt64, _ evidence: Evidence!
) -> UInt32 {
  guest.enter(evidence) { parts throws(ShareError) in
    try parts.pool.deallocateShared(
      PhysicalAddress(address), try Layout(size: size, alignment: alignment))
  }
}

@c @implementation
public func sharing_dma_alloc(
  _ guest: Guest!, _ pages: UInt64, _ direction: UInt32, _ address: UnsafeMutablePointer<UInt64>!,
  _ virtualAddress: UnsafeMutablePointer<UInt64>!, _ evidence: Evidence!
) -> UInt32 {
  guest.enter(evidence) { parts throws(ShareError) in
    let buffer = try parts.pool.dmaAlloc(pages: pages, direction: BufferDirection(direction))
    address.pointee = buffer.physical.rawValue
    virtualAddress.pointee = buffer.virtual.rawValue
  }
}

@c @implementation
public func sharing_dma_dealloc(
  _ guest: Guest!, _ address: UInt64, _ pages: UInt64, _ evidence: Evidence!
) -> UInt32 {
  guest.enter(evidence) { parts throws(ShareError) in
    try parts.pool.dmaDealloc(PhysicalAddress(address), pages: pages)
  }
}

@c @implementation
public func sharing_share(
  _ guest: Guest!, _ buffer: UInt64, _ size: UInt64, _ direction: UInt32,
  _ address: UnsafeMutablePointer<UInt64>!, _ evidence: Evidence!
) -> UInt32 {
  let buffer = GuestBuffer(address: VirtualAddress(buffer), size: size)
  return guest.enter(evidence) { parts throws(ShareError) in
    address.pointee =
      try parts.pool.share(buffer, direction: BufferDirection(direction)).rawValue
  }
}

@c @implementation
public func sharing_unshare(
  _ guest: Guest!, _ address: UInt64, _ buffer: UInt64, _ size: UInt64, _ direction: UInt32,
  _ evidence: Evidence!
) -> UInt32 {
  let buffer = GuestBuffer(address: VirtualAddress(buffer), size: size)
  return guest.enter(evidence) { parts throws(ShareError) in
    try parts.pool.unshare(
      PhysicalAddress(address), buffer, direction: BufferDirection(direction))
  }
}

// MARK: Devices

@c @implementation
public func sharing_map_mmio(
  _ guest: Guest!, _ range: sharing_range, _ evidence: Evidence!
) -> UInt32 {
  guest.enter(evidence) { parts throws(ShareError) in
    guard parts.mmioGuard != nil else { throw .mmioGuardUnsupported }
    try parts.mmioGuard!.map(try AddressRange(range))
  }
}

@c @implementation
public func sharing_unmap_all_mmio(
  _ guest: Guest!, _ report: UnsafeMutablePointer<sharing_mmio_report>!
) -> UInt32 {
  guest.enter(nil) { parts throws(ShareError) in
    let done = parts.mmioGuard?.unmapAll() ?? MMIOReport(unmapped: 0, stillMapped: 0)
    report?.pointee = sharing_mmio_report(
      unmapped: done.unmapped, still_mapped: done.stillMapped)
  }
}

// MARK: What it shows

@c @implementation
public func sharing_for_each_lost_granule(
  _ guest: UnsafePointer<sharing_guest>!, _ context: UnsafeMutableRawPointer!,
  _ lost: (@convention(c) (UnsafeMutableRawPointer?, sharing_range, sharing_range) -> Void)!
) {
  Guest(mutating: guest).parts.pointee.pool.forEachQuarantinedGranule { granule, region in
    lost(context, sharing_range(granule), sharing_range(region))
  }
}

@c @implementation
public func sharing_for_each_free_block(
  _ guest: UnsafePointer<sharing_guest>!, _ context: UnsafeMutableRawPointer!,
  _ block: BlockCallback!
) {
  Guest(mutating: guest).parts.pointee.pool.withBlocks { $0.forEachFreeBlock(context, block) }
}
