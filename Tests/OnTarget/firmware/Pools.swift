import MemorySharing

// The shipped core, put together as firmware does it.

typealias Hypervisor = DetectedHypervisor<Conduit>
typealias PrivateHeap = Heap<BuddyAllocator, MappedMemory>
typealias Pool = SharedPool<Hypervisor, MappedMemory, PrivateHeap, BuddyAllocator>

/// Block orders of heap and pool, and their smallest blocks, in bytes.
///
/// AOSP: `LockedHeap<32>`, `LockedFrameAllocator<32>`. Differs: blocks of the heap are pages, since
/// nothing but regions of the pool comes from it.
private enum Shape {
  static var orders: UInt64 { 32 }
  static var poolBlock: UInt64 { 16 }
  static var heapBlock: UInt64 { 4096 }
}

/// A pool over a heap of its own, not initialised.
func makePool(_ hypervisor: Hypervisor, arena: Range<UInt64>, isStatic: Bool) -> Pool {
  do throws(ShareError) {
    let window = try AddressRange(
      start: PhysicalAddress(arena.lowerBound), size: arena.upperBound - arena.lowerBound)
    let heapBlocks = UnsafeMutablePointer<BuddyAllocator>.allocate(capacity: 1)
    heapBlocks.initialize(to: allocator(covering: window, minimumBlock: Shape.heapBlock))
    let heap = try PrivateHeap(arena: window, blocks: heapBlocks, memory: MappedMemory())
    var poolWindow = window
    if isStatic {
      let range = StaticRange.ofPool
      poolWindow = try AddressRange(
        start: PhysicalAddress(range.lowerBound), size: range.upperBound - range.lowerBound)
    }
    let pool = Pool(
      hypervisor: hypervisor, memory: MappedMemory(), frames: heap,
      blocks: allocator(covering: poolWindow, minimumBlock: Shape.poolBlock),
      records: .allocate(byteCount: 4096, alignment: 8))
    return pool
  } catch {
    fail("a heap can be made", error)
  }
}

private func allocator(covering window: AddressRange, minimumBlock: UInt64) -> BuddyAllocator {
  let bytes = BuddyAllocator.metadataSize(
    covering: window, minimumBlock: minimumBlock, orders: Shape.orders)
  return BuddyAllocator(
    minimumBlock: minimumBlock, orders: Shape.orders,
    metadata: .allocate(byteCount: Int(bytes ?? 0), alignment: 8))
}

/// Ends the run with an error of the core.
func fail(_ what: StaticString, _ error: ShareError) -> Never {
  if case .hypercallFailed(let function, let address, let answer) = error {
    say("     hypercall ")
    say(hex: UInt64(function))
    say(" of ")
    say(hex: address)
    say(" answered ")
    say(hex: UInt64(bitPattern: answer))
    say("\n")
  }
  fail(what)
}
