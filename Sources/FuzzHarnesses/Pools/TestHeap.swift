import MemorySharing

/// A heap over an arena, with all the storage that it and a pool of it need.
package final class TestHeap<Memory: GuestMemory>: RegionSource {
  /// What the sharer asked of the heap.
  package enum Event {
    case took(AddressRange)
    case gaveBack(AddressRange)
  }

  package let memory: Memory
  package let window: AddressRange
  /// Storage for a pool's records of regions.
  package let records: UnsafeMutableRawBufferPointer
  /// Watches what the sharer does.
  package var observe: (Event) -> Void = { _ in }

  private let minimumBlock: UInt64
  private let orders: UInt64
  private let poolMetadata: UnsafeMutableRawBufferPointer
  private let heapMetadata: UnsafeMutableRawBufferPointer
  private let blocks: UnsafeMutablePointer<BuddyAllocator>
  private let heap: Heap<BuddyAllocator, Memory>?

  /// Starts a heap.
  ///
  /// - Parameters:
  ///   - covers: what a pool may have to cover: the arena, or another range.
  ///   - recordBytes: how much storage a pool has for records; a multiple of 8.
  package init(
    _ window: AddressRange, covering covers: AddressRange, memory: Memory,
    minimumBlock: UInt64 = 16,
    orders: UInt64 = 16, recordBytes: Int
  ) {
    func storage(_ window: AddressRange) -> UnsafeMutableRawBufferPointer {
      let size = BuddyAllocator.metadataSize(
        covering: window, minimumBlock: minimumBlock, orders: orders)
      return .allocate(byteCount: Int(size ?? 0), alignment: 8)
    }
    self.window = window
    self.memory = memory
    self.minimumBlock = minimumBlock
    self.orders = orders
    records = .allocate(byteCount: recordBytes, alignment: 8)
    poolMetadata = storage(covers)
    heapMetadata = storage(window)
    blocks = .allocate(capacity: 1)
    blocks.initialize(
      to: BuddyAllocator(minimumBlock: minimumBlock, orders: orders, metadata: heapMetadata))
    heap = try? Heap(arena: window, blocks: blocks, memory: memory)
  }

  deinit {
    blocks.deinitialize(count: 1)
    blocks.deallocate()
    heapMetadata.deallocate()
    poolMetadata.deallocate()
    records.deallocate()
  }

  /// The core's pool of this arena; there is storage for one.
  package func pool<Hypervisor>(_ hypervisor: Hypervisor) -> CorePool<Hypervisor, Memory> {
    CorePool(
      hypervisor: hypervisor, memory: memory, frames: self,
      blocks: BuddyAllocator(minimumBlock: minimumBlock, orders: orders, metadata: poolMetadata),
      records: records)
  }

  package func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard let heap else { throw .exhausted(layout) }
    let address = try heap.allocateZeroed(layout)
    observe(.took(AddressRange(uncheckedStart: address.rawValue, size: layout.size)))
    return address
  }

  package func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try heap?.deallocate(address, layout)
    observe(.gaveBack(AddressRange(uncheckedStart: address.rawValue, size: layout.size)))
  }

  /// A block for somebody else than the sharer.
  package func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard let heap else { throw .exhausted(layout) }
    return try heap.allocate(layout)
  }

  /// Takes back what `allocate` gave.
  package func release(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try heap?.deallocate(address, layout)
  }

  /// The heap's free blocks.
  package func forEachFreeBlock(_ body: (PhysicalAddress, _ order: UInt64) -> Void) {
    blocks.pointee.forEachFreeBlock(body)
  }
}
