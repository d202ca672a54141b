import MemorySharing

/// What a guest calls of a pool: the core's, or one that stands in its place.
package protocol SharingPool: ~Copyable, SendableMetatype {
  mutating func initialise(
    for support: SharingSupport, staticRange: (start: UInt64, size: UInt64)?,
    in map: inout MemoryMap
  ) throws(ShareError)
  mutating func allocateShared(_ layout: Layout) throws(ShareError) -> PhysicalAddress
  mutating func deallocateShared(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError)
  mutating func unshareAll() -> UnshareReport
  mutating func dmaAlloc(
    pages: UInt64, direction: BufferDirection
  ) throws(ShareError) -> DMABuffer
  mutating func dmaDealloc(_ address: PhysicalAddress, pages: UInt64) throws(ShareError)
  mutating func share(
    _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) -> PhysicalAddress
  mutating func unshare(
    _ bounce: PhysicalAddress, _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError)
}

extension SharedPool: SharingPool where Blocks: ~Copyable {}

/// The core's pool over an arena.
package typealias CorePool<Hypervisor: MemorySharingHypervisor, Memory: GuestMemory> =
  SharedPool<Hypervisor, Memory, TestHeap<Memory>, BuddyAllocator>
