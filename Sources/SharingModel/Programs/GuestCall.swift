import MemorySharing

/// A call of the guest with everything resolved: what a system under test is asked to do.
///
/// The names are the core's; AOSP's are `alloc_shared`, `dealloc_shared`, `dma_alloc`,
/// `dma_dealloc`, `share`, `unshare`, `unshare_all_memory`, and the three inits.
public enum GuestCall: Equatable, Sendable {
  /// The hypervisor is recognised, heap and MMIO guard are made: the beginning of every program.
  case detect
  case initialise(Initialisation, staticRange: StaticRange?)
  case allocateShared(size: UInt64, alignment: UInt64)
  case deallocateShared(PhysicalAddress, size: UInt64, alignment: UInt64)
  case dmaAlloc(pages: UInt64, BufferDirection)
  case dmaDealloc(PhysicalAddress, pages: UInt64)
  case share(GuestBuffer, BufferDirection)
  case unshare(PhysicalAddress, GuestBuffer, BufferDirection)
  case heapAllocate(size: UInt64, alignment: UInt64, zeroed: Bool)
  case heapDeallocate(PhysicalAddress, size: UInt64, alignment: UInt64)
  /// The heap is given one more range.
  case heapAdd(start: UInt64, size: UInt64)
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
