/// The pool of memory that the host can reach: where shared buffers come from.
///
/// One pool serves every hypervisor. A dynamic pool lets a sharer take regions from the heap when a
/// request cannot be served (pKVM, GenieZone); a static one covers a range that was shared before
/// boot (Gunyah); in heap mode it takes regions and shares nothing (plain KVM).
///
/// AOSP: `SHARED_POOL` and `SHARED_MEMORY` with `alloc_shared`, `dealloc_shared` and the three
/// inits. Differs: typed errors instead of panics, and a closed pool stays closed.
public struct SharedPool<
  Hypervisor: MemorySharingHypervisor, Memory: GuestMemory, Frames: RegionSource,
  Blocks: BlockAllocator & ~Copyable
>: ~Copyable {
  /// The state of the pool; while it is open, its backing: dynamic, fixed (static), or heap.
  public enum Backing: Equatable, Sendable {
    /// No init has succeeded yet.
    case uninitialised
    /// Regions of the heap, shared on demand.
    case dynamic
    /// One range that was shared before boot.
    case fixed
    /// Regions of the heap, shared by nobody.
    case heap
    /// `unshareAll` has run.
    case closed
  }

  @inlinable
  public var backing: Backing { state }

  @usableFromInline
  var state = Backing.uninitialised
  @usableFromInline
  let hypervisor: Hypervisor
  @usableFromInline
  let memory: Memory
  @usableFromInline
  let frames: Frames
  @usableFromInline
  var blocks: Blocks
  @usableFromInline
  let records: UnsafeMutableRawBufferPointer
  /// There from a dynamic or heap-mode init on; after teardown it still lists what is quarantined.
  @usableFromInline
  var sharer: MemorySharer<Hypervisor, Memory, Frames>?

  /// A pool that serves nothing before one of the inits succeeds.
  ///
  /// - Parameters:
  ///   - blocks: the allocator of the pool, with its metadata in private memory.
  ///   - records: storage for the records of shared regions, aligned to 8, in private memory; it
  ///     must outlive the pool. See `MemorySharer.recordSize(ofRegion:granule:)`.
  @inlinable
  public init(
    hypervisor: Hypervisor, memory: Memory, frames: Frames, blocks: consuming Blocks,
    records: UnsafeMutableRawBufferPointer
  ) {
    self.hypervisor = hypervisor
    self.memory = memory
    self.frames = frames
    self.blocks = blocks
    self.records = records
  }
}

// MARK: Initialisation: one success, and a failure changes nothing.

extension SharedPool where Blocks: ~Copyable {
  /// Lets the pool grow by regions of the heap. AOSP: `init_dynamic_shared_pool`.
  ///
  /// The granule is asked of the hypervisor here, once.
  ///
  /// - Throws: `alreadyInitialised`, `closed`, `hypercallFailed`, `granuleIsNotAPowerOfTwo`,
  ///   `outOfMetadata`.
  @inlinable
  public mutating func initialiseDynamic() throws(ShareError) {
    try requireUninitialised()
    // Storage first: what cannot be covered is no reason to call the hypervisor.
    try blocks.manage(frames.window)
    start(.dynamic, granule: try hypervisor.granule(), sharingThrough: hypervisor)
  }

  /// Lets the pool grow by regions of the heap that need no sharing. AOSP: `init_heap_shared_pool`.
  ///
  /// - Throws: `alreadyInitialised`, `closed`, `outOfMetadata`.
  @inlinable
  public mutating func initialiseHeap() throws(ShareError) {
    try requireUninitialised()
    try blocks.manage(frames.window)
    start(.heap, granule: .one, sharingThrough: nil)
  }

  @inlinable
  mutating func start(
    _ backing: Backing, granule: Granule, sharingThrough hypervisor: Hypervisor?
  ) {
    sharer = MemorySharer(
      granule: granule, hypervisor: hypervisor, memory: memory, frames: frames, records: records)
    state = backing
  }

  /// Lets the pool serve one range that was shared before boot. AOSP: `init_static_shared_pool`.
  ///
  /// - Parameters:
  ///   - start: where the range begins, in bytes; a multiple of 4096.
  ///   - size: bytes; a multiple of 4096, not 0.
  ///   - map: what the memory holds already; the range is tracked in it.
  /// - Throws: `alreadyInitialised`, `closed`, what `MemoryMap` throws, `outOfMetadata`.
  @inlinable
  public mutating func initialiseStatic(
    start: UInt64, size: UInt64, in map: inout MemoryMap
  ) throws(ShareError) {
    try requireUninitialised()
    let range = try map.checkStaticRange(start: start, size: size)
    try blocks.manage(range)
    try blocks.add(range)
    try map.track(range)
    state = .fixed
  }

  /// Initialises the pool as the hypervisor wants it (spec §4, choice of backing): dynamic where it
  /// shares on demand, also if a static range is given; that range where it was shared before boot;
  /// heap mode where there is nothing to share.
  ///
  /// - Throws: `noStaticRange`, and what the init that was chosen throws; there is no fallback.
  @inlinable
  public mutating func initialise(
    for support: SharingSupport, staticRange: (start: UInt64, size: UInt64)?,
    in map: inout MemoryMap
  ) throws(ShareError) {
    try requireUninitialised()
    switch support {
    case .onDemand: try initialiseDynamic()
    case .none: try initialiseHeap()
    case .beforeBoot:
      guard let staticRange else { throw .noStaticRange }
      try initialiseStatic(start: staticRange.start, size: staticRange.size, in: &map)
    }
  }

  @inlinable
  func requireUninitialised() throws(ShareError) {
    switch state {
    case .uninitialised: return
    case .dynamic, .fixed, .heap: throw .alreadyInitialised
    case .closed: throw .closed
    }
  }
}

// MARK: Buffers

extension SharedPool where Blocks: ~Copyable {
  /// A buffer that the host can reach, with whatever was there before. AOSP: `alloc_shared`.
  ///
  /// - Returns: the buffer's address, a multiple of its block size, never 0.
  /// - Throws: `uninitialised`, `closed`, `sizeOverflows`, `largerThanTheTopOrder`, `exhausted`;
  ///   from a refill also `outOfMetadata` and `hypercallFailed`.
  @inlinable
  public mutating func allocateShared(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try requireOpen()
    do throws(ShareError) {
      return try blocks.allocate(layout)
    } catch {
      guard case .exhausted = error, state != .fixed else { throw error }
    }
    try refill(toServe: layout)
    return try blocks.allocate(layout)
  }

  /// Gives a buffer back. AOSP: `dealloc_shared`.
  ///
  /// - Throws: `uninitialised`, `closed`, `notAllocated`, `allocatedWithAnotherLayout`.
  @inlinable
  public mutating func deallocateShared(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try requireOpen()
    try blocks.deallocate(address, layout)
  }

  /// Takes everything back from the host and closes the pool for good. AOSP: `unshare_all_memory`.
  ///
  /// - Returns: what was done; a second call finds nothing to do.
  @inlinable
  public mutating func unshareAll() -> UnshareReport {
    state = .closed
    return sharer?.unshareAll() ?? UnshareReport()
  }

  /// Calls back for every granule that the host may still reach, with the region that holds it.
  @inlinable
  public func forEachQuarantinedGranule(
    _ body: (_ granule: AddressRange, _ region: AddressRange) -> Void
  ) {
    sharer?.forEachQuarantinedGranule(body)
  }

  @inlinable
  mutating func refill(toServe layout: Layout) throws(ShareError) {
    guard let granule = sharer?.granule else { throw .exhausted(layout) }
    let wanted = try blocks.region(toServe: layout, granule: granule)
    guard let region = try sharer?.refill(wanted) else { throw .exhausted(layout) }
    do throws(ShareError) {
      try blocks.add(region)
    } catch {
      // The heap gave a region that the allocator does not cover.
      sharer?.withdrawLastRegion()
      throw error
    }
  }

  @inlinable
  func requireOpen() throws(ShareError) {
    switch state {
    case .dynamic, .fixed, .heap: return
    case .uninitialised: throw .uninitialised
    case .closed: throw .closed
    }
  }
}

extension SharedPool where Blocks: ~Copyable {
  /// Lets a check look at the allocator.
  @inlinable
  package func withBlocks<Result>(_ body: (borrowing Blocks) -> Result) -> Result { body(blocks) }
}
