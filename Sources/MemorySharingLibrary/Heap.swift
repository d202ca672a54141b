import MemorySharing
import MemorySharingInterface

// The heap in C's terms: `sharing_heap_…` of memory_sharing.h.

/// What lies in a `sharing_heap`.
struct HeapState: ~Copyable {
  let blocks: UnsafeMutablePointer<BuddyAllocator>
  let heap: Heap<BuddyAllocator, ForeignMemory>
}

/// Where the allocator lies in a `sharing_heap`: behind the state, which points to it.
private let blocksOffset = 128

extension UnsafeMutablePointer<sharing_heap> {
  var state: UnsafeMutablePointer<HeapState> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: HeapState.self)
  }
}

@c @implementation
public func sharing_metadata_size(
  _ window: sharing_range, _ minimumBlock: UInt64, _ orders: UInt64
) -> UInt64 {
  guard let window = try? AddressRange(window), minimumBlock.isPowerOfTwo,
    orders >= 1, orders <= 64
  else { return 0 }
  return BuddyAllocator.metadataSize(covering: window, minimumBlock: minimumBlock, orders: orders)
    ?? 0
}

@c @implementation
public func sharing_heap_create(
  _ heap: UnsafeMutablePointer<sharing_heap>!, _ ports: UnsafePointer<sharing_ports>!,
  _ arena: sharing_range, _ part: sharing_range, _ minimumBlock: UInt64, _ orders: UInt64,
  _ metadata: sharing_storage, _ evidence: Evidence!
) -> UInt32 {
  precondition(
    MemoryLayout<HeapState>.size <= blocksOffset
      && blocksOffset + MemoryLayout<BuddyAllocator>.size <= MemoryLayout<sharing_heap>.size)
  return answer(evidence) { () throws(ShareError) in
    let arena = try AddressRange(arena)
    let part = try AddressRange(part)
    let blocks = UnsafeMutableRawPointer(heap).advanced(by: blocksOffset)
      .bindMemory(to: BuddyAllocator.self, capacity: 1)
    blocks.initialize(
      to: BuddyAllocator(
        minimumBlock: minimumBlock, orders: orders,
        metadata: UnsafeMutableRawBufferPointer(metadata)))
    let state = HeapState(
      blocks: blocks,
      heap: try Heap(
        arena: arena, holding: part, blocks: blocks, memory: ForeignMemory(ports: ports)))
    UnsafeMutableRawPointer(heap).bindMemory(to: HeapState.self, capacity: 1).initialize(to: state)
  }
}

@c @implementation
public func sharing_heap_drop(_ heap: UnsafeMutablePointer<sharing_heap>!) {
  let blocks = heap.state.pointee.blocks
  heap.state.deinitialize(count: 1)
  blocks.deinitialize(count: 1)
}

@c @implementation
public func sharing_heap_add(
  _ heap: UnsafeMutablePointer<sharing_heap>!, _ range: sharing_range, _ evidence: Evidence!
) -> UInt32 {
  answer(evidence) { () throws(ShareError) in
    try heap.state.pointee.heap.add(try AddressRange(range))
  }
}

@c @implementation
public func sharing_heap_alloc(
  _ heap: UnsafeMutablePointer<sharing_heap>!, _ size: UInt64, _ alignment: UInt64,
  _ isZeroed: UInt32, _ address: UnsafeMutablePointer<UInt64>!, _ evidence: Evidence!
) -> UInt32 {
  answer(evidence) { () throws(ShareError) in
    let layout = try Layout(size: size, alignment: alignment)
    let heap = heap.state.pointee.heap
    address.pointee =
      (isZeroed == 0 ? try heap.allocate(layout) : try heap.allocateZeroed(layout)).rawValue
  }
}

@c @implementation
public func sharing_heap_dealloc(
  _ heap: UnsafeMutablePointer<sharing_heap>!, _ address: UInt64, _ size: UInt64,
  _ alignment: UInt64, _ evidence: Evidence!
) -> UInt32 {
  answer(evidence) { () throws(ShareError) in
    try heap.state.pointee.heap.deallocate(
      PhysicalAddress(address), try Layout(size: size, alignment: alignment))
  }
}

@c @implementation
public func sharing_heap_for_each_free_block(
  _ heap: UnsafePointer<sharing_heap>!, _ context: UnsafeMutableRawPointer!, _ block: BlockCallback!
) {
  let state = UnsafeMutablePointer(mutating: heap!).state
  state.pointee.blocks.pointee.forEachFreeBlock(context, block)
}
