import MemorySharing

/// The calls that are measured.
enum Subject: String, CaseIterable {
  /// The allocator's own.
  case alone
  case heap, pool

  /// AOSP's 32 orders.
  static let orders: UInt64 = 32
  /// Bytes for the records of the pool's regions.
  static let records = 4096
  /// Where the window begins: a multiple of every block size.
  static let start = PhysicalAddress(1 << 32)

  /// Replays a trace on a fresh heap or pool that is made of this allocator.
  func replay<Blocks: BlockAllocator & ~Copyable>(
    _ trace: Trace, on blocks: consuming Blocks
  ) throws(ShareError) -> Replay {
    let window = try AddressRange(start: Self.start, size: trace.window)
    switch self {
    case .alone: return try Self.replay(trace, on: blocks, window)
    case .heap: return try Self.replay(trace, onHeapOf: blocks, window)
    case .pool: return try Self.replay(trace, onPoolOf: blocks, window)
    }
  }

  private static func replay<Blocks: BlockAllocator & ~Copyable>(
    _ trace: Trace, on blocks: consuming Blocks, _ window: AddressRange
  ) throws(ShareError) -> Replay {
    var alone = Alone(blocks: blocks)
    try alone.blocks.manage(window)
    try alone.blocks.add(window)
    return try Replay(trace, on: &alone)
  }

  private static func replay<Blocks: BlockAllocator & ~Copyable>(
    _ trace: Trace, onHeapOf blocks: consuming Blocks, _ window: AddressRange
  ) throws(ShareError) -> Replay {
    let state = UnsafeMutablePointer<Blocks>.allocate(capacity: 1)
    state.initialize(to: blocks)
    defer {
      state.deinitialize(count: 1)
      state.deallocate()
    }
    var heap = try Heap(arena: window, blocks: state, memory: UntouchedMemory())
    return try Replay(trace, on: &heap)
  }

  private static func replay<Blocks: BlockAllocator & ~Copyable>(
    _ trace: Trace, onPoolOf blocks: consuming Blocks, _ window: AddressRange
  ) throws(ShareError) -> Replay {
    let records = UnsafeMutableRawBufferPointer.allocate(byteCount: records, alignment: 8)
    defer { records.deallocate() }
    var pool = SharedPool(
      hypervisor: NoHypervisor(), memory: UntouchedMemory(), frames: OneRegion(window: window),
      blocks: blocks, records: records)
    try pool.initialiseHeap()
    // One request for the whole window brings in its only region.
    let whole = try Layout(size: window.size, alignment: 1)
    try pool.deallocate(try pool.allocate(whole), whole)
    return try Replay(trace, on: &pool)
  }
}
