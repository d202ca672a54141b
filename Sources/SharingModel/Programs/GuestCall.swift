import MemorySharing

/// A call of the guest with everything resolved: what a system under test is asked to do.
///
/// The names are the core's; AOSP's are `alloc_shared`, `dealloc_shared`, `dma_alloc`,
/// `dma_dealloc`, `share`, `unshare`, `unshare_all_memory`, and the three inits.
public enum GuestCall: Equatable, Sendable {
  case initialise(Initialisation, staticRange: StaticRange?)
  case allocateShared(size: UInt64, alignment: UInt64)
  case deallocateShared(PhysicalAddress, size: UInt64, alignment: UInt64)
  case dmaAlloc(pages: UInt64, BufferDirection)
  case dmaDealloc(PhysicalAddress, pages: UInt64)
  case share(GuestBuffer, BufferDirection)
  case unshare(PhysicalAddress, GuestBuffer, BufferDirection)
  case heapAllocate(size: UInt64, alignment: UInt64, zeroed: Bool)
  case heapDeallocate(PhysicalAddress, size: UInt64, alignment: UInt64)
  case mapMMIO(AddressRange)
  case unmapAllMMIO
  case unshareAll
  /// The owner of the pool is dropped: the end of every program.
  case drop
}

/// A static range as a device tree gives it: two numbers that may be wrong.
public struct StaticRange: Equatable, Sendable {
  public var start: UInt64
  public var size: UInt64

  public init(start: UInt64, size: UInt64) {
    self.start = start
    self.size = size
  }
}

/// What a call answered.
public enum Outcome: Equatable, Sendable {
  /// There was nothing to do: the command names a slot that never held what it needs.
  case skipped
  case done
  /// A buffer's address, and the one under which the guest sees it where the call tells.
  case address(PhysicalAddress, VirtualAddress?)
  case unshared(UnshareReport)
  case unmapped(MMIOReport)
  case failed(ShareError)
}

/// What a system under test shows of itself after a call, besides the outcome. What it does not
/// show is not checked.
public struct Observation {
  /// A free block: its order and its address.
  public struct Block: Equatable {
    public var order: UInt64
    public var address: UInt64

    public init(order: UInt64, address: UInt64) {
      self.order = order
      self.address = address
    }
  }

  /// The free blocks of the pool by order, then address; nil where they are not shown.
  public var poolFree: [Block]? = []
  public var heapFree: [Block]? = []
  /// The steps of the last allocator call that took most; nil where they are not counted.
  public var steps: UInt64? = 0
  /// The summary words on the way from the root of the index to a kernel.
  public var indexDepth: UInt64 = 1

  public init() {}
}
