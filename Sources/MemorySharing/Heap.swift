/// The guest's private heap: a block allocator over an arena of private memory.
///
/// A handle: copies stand for the same heap, whose state lies where the caller put it. Address 0 is
/// never handed out; an arena that holds it keeps its first 4096 bytes for good (spec §3.11).
///
/// AOSP: the global `LockedHeap<32>`.
public struct Heap<Blocks: BlockAllocator & ~Copyable, Memory: GuestMemory>: RegionSource {
  public let window: AddressRange
  @usableFromInline
  let blocks: UnsafeMutablePointer<Blocks>
  @usableFromInline
  let memory: Memory

  /// Starts a heap over an arena.
  ///
  /// - Parameters:
  ///   - part: the part of the arena that the heap has from the start; nil for all of it.
  ///   - blocks: the allocator's state; it must outlive every copy of the heap.
  /// - Throws: `outOfMetadata`, `rangeIsEmpty`, `rangeIsOutside`.
  @inlinable
  public init(
    arena: AddressRange, holding part: AddressRange? = nil, blocks: UnsafeMutablePointer<Blocks>,
    memory: Memory
  ) throws(ShareError) {
    self.window = arena
    self.blocks = blocks
    self.memory = memory
    try blocks.pointee.manage(arena)
    try add(part ?? arena)
  }

  /// Gives the heap one more part of its arena. AOSP: `add_to_heap`.
  ///
  /// - Throws: `rangeIsEmpty`, `rangeIsOutside`, `rangeOverlaps`; nothing has changed then.
  @inlinable
  public func add(_ range: AddressRange) throws(ShareError) {
    try blocks.pointee.add(try Self.usable(range))
  }

  /// The part of an arena that may be handed out.
  ///
  /// - Throws: `rangeIsEmpty` when nothing is left behind the page at 0.
  @inlinable
  public static func usable(_ arena: AddressRange) throws(ShareError) -> AddressRange {
    guard arena.start.rawValue == 0 else { return arena }
    let kept = min(arena.size, pageSize)
    return try AddressRange(start: PhysicalAddress(kept), size: arena.size &- kept)
  }

  /// A block for the layout, with whatever its last user left there. AOSP: `alloc`.
  ///
  /// - Throws: `largerThanTheTopOrder`, `exhausted`, `sizeOverflows`.
  @inlinable
  public func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try blocks.pointee.allocate(layout)
  }

  @inlinable
  public func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let address = try blocks.pointee.allocate(layout)
    memory.zero(AddressRange(uncheckedStart: address.rawValue, size: layout.size))
    return address
  }

  @inlinable
  public func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try blocks.pointee.deallocate(address, layout)
  }
}

/// The page size of pvmfw's virtio HAL and of a static range, in bytes, whatever the granule is.
public let pageSize: UInt64 = 4096
