import Testing

@testable import MemorySharing

/// What no pool asks of its allocator, since heap and sharer ask for whole, disjoint regions.
@Suite struct BuddyAllocatorEdgeTests {
  /// Three levels of minimum blocks of one byte.
  private static let window = range(0, 1 << 18)

  @Test("A range is refused if anything of it was added, at whatever level, and nothing changes")
  func overlapsAtEveryLevel() throws {
    let storage = try Storage(Self.window, minimumBlock: 1, orders: 19)
    try storage.allocator.add(range(0, 4096))
    try storage.allocator.add(range(8193, 1))
    let before = storage.freeBlocks()
    #expect(before == [[0, 8193], [12, 0]])
    for overlap in [
      range(5, 1), range(64, 64), range(4095, 1), range(0, 4096), range(0, 8192),
      range(8192, 2), range(8193, 1), range(8192, 64), range(8192, 4096), range(4096, 8192),
    ] {
      #expect(throws: ShareError.rangeOverlaps(overlap)) { try storage.allocator.add(overlap) }
    }
    #expect(storage.freeBlocks() == before)
    try storage.allocator.add(range(8192, 1))
    try storage.allocator.add(range(8194, 1))
    #expect(storage.freeBlocks() == [[0, 8194], [1, 8192], [12, 0]])
  }

  @Test("A range inside one block holds no block")
  func insideOneBlock() throws {
    let storage = try Storage(range(0, 0x1000), minimumBlock: 16, orders: 4)
    #expect(throws: ShareError.rangeIsEmpty(start: PhysicalAddress(0x101))) {
      try storage.allocator.add(range(0x101, 2))
    }
    #expect(storage.freeBlocks().isEmpty)
  }

  @Test("A range above the last block of all addresses holds no block")
  func aboveTheLastBlock() throws {
    let storage = try Storage(range(0, 0x1000), minimumBlock: 16, orders: 4)
    let start = UInt64.max - 14
    #expect(throws: ShareError.rangeIsEmpty(start: PhysicalAddress(start))) {
      try storage.allocator.add(range(start, 14))
    }
    #expect(storage.freeBlocks().isEmpty)
  }

  @Test("A block of any order that is freed with any other is refused by that name")
  func wrongOrders() throws {
    let storage = try Storage(range(0, 256), minimumBlock: 1, orders: 9)
    try storage.allocator.add(range(0, 256))
    for order in 0...8 as ClosedRange<UInt64> {
      let block = try storage.allocator.allocate(layout(1 << order))
      for other in 0...8 as ClosedRange<UInt64> where other != order {
        let wrong = layout(1 << other)
        #expect(throws: ShareError.allocatedWithAnotherLayout(block)) {
          try storage.allocator.check(block, wrong)
        }
        #expect(throws: ShareError.allocatedWithAnotherLayout(block)) {
          try storage.allocator.deallocate(block, wrong)
        }
      }
      try storage.allocator.check(block, layout(1 << order))
      try storage.allocator.deallocate(block, layout(1 << order))
      #expect(throws: ShareError.notAllocated(block)) {
        try storage.allocator.check(block, layout(1 << order))
      }
    }
  }

  @Test("The largest block is what was asked for, or 2^63 bytes")
  func topOrders() {
    let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    for (minimum, orders, top) in [
      (1, 1, 0), (1, 63, 62), (1, 64, 63), (16, 60, 59), (16, 61, 59), (16, 64, 59),
      (1 << 63, 64, 0),
    ] as [(UInt64, UInt64, UInt64)] {
      let allocator = BuddyAllocator(minimumBlock: minimum, orders: orders, metadata: none)
      #expect(allocator.topOrder == top)
    }
  }

  @Test("What no allocator can be made of traps")
  func preconditions() async {
    let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    #expect(BuddyAllocator(minimumBlock: 8, orders: 64, metadata: none).minimumBlock == 8)
    await #expect(processExitsWith: .failure) {
      let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      _ = BuddyAllocator(minimumBlock: 24, orders: 4, metadata: none)
    }
    await #expect(processExitsWith: .failure) {
      let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      _ = BuddyAllocator(minimumBlock: 16, orders: 0, metadata: none)
    }
    await #expect(processExitsWith: .failure) {
      let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      _ = BuddyAllocator(minimumBlock: 16, orders: 65, metadata: none)
    }
  }

  @Test("An allocator that starts over forgets its blocks, and one that cannot manages nothing")
  func startsOver() throws {
    let storage = try Storage(range(0, 0x1000), minimumBlock: 16, orders: 4)
    try storage.allocator.add(range(0, 0x1000))
    try storage.allocator.manage(range(0, 0x800))
    #expect(throws: ShareError.exhausted(layout(16))) {
      try storage.allocator.allocate(layout(16))
    }
    try storage.allocator.add(range(0, 0x800))
    #expect(throws: ShareError.self) { try storage.allocator.manage(range(0, 1 << 40)) }
    #expect(throws: ShareError.exhausted(layout(16))) {
      try storage.allocator.allocate(layout(16))
    }
    #expect(throws: ShareError.rangeIsOutside(range(0, 16))) {
      try storage.allocator.add(range(0, 16))
    }
  }

  @Test("Metadata of more than 2^64 bytes has no size, and is never there")
  func endlessMetadata() throws {
    // The first passes 2^64 bytes in one level; the second only by what two levels are together.
    for window in [range(0, .max), range(0, 9_100_000_000_000_000_000)] {
      #expect(
        BuddyAllocator.metadataSize(covering: window, minimumBlock: 1, orders: 7) == nil)
      let storage = try Storage(range(0, 64), minimumBlock: 1, orders: 7)
      #expect(
        throws: ShareError.outOfMetadata(needed: .max, available: UInt64(storage.bytes.count))
      ) { try storage.allocator.manage(window) }
    }
    #expect(
      BuddyAllocator.metadataSize(
        covering: range(0, 9_100_000_000_000_000_000), minimumBlock: 1, orders: 6) != nil)
  }

  @Test("Sizes are too large for the top order up to 2^63 bytes, and for 64 bits from there on")
  func largeSizes() throws {
    let storage = try Storage(range(0, 1024), minimumBlock: 16, orders: 4)
    let granule = try Granule(bytes: 4096)
    for (layout, error) in [
      (layout(129), .largerThanTheTopOrder(layout(129))),
      (layout(1 << 63), .largerThanTheTopOrder(layout(1 << 63))),
      (layout(1 << 63 + 1), .sizeOverflows(1 << 63 + 1)),
    ] as [(MemorySharing.Layout, ShareError)] {
      #expect(throws: error) { try storage.allocator.allocate(layout) }
      #expect(throws: error) { try storage.allocator.region(toServe: layout, granule: granule) }
    }
  }

  @Test("A kernel that was given back to its parent holds only zeros")
  func zerosBelowAFreeBlock() throws {
    let storage = try Storage(range(0, 128), minimumBlock: 1, orders: 8)
    try storage.allocator.add(range(0, 128))
    let block = try storage.allocator.allocate(layout(1))
    let kernel = storage.allocator.levels[0].state(of: 0)
    #expect(kernel.pointee.used[0] == 1)
    try storage.allocator.deallocate(block, layout(1))
    #expect((0..<7).allSatisfy { kernel.pointee.free[$0] == 0 && kernel.pointee.used[$0] == 0 })
    #expect(kernel.pointee.absent == 0 && kernel.pointee.split == 0)
  }

  @Test("A step is a visit of a kernel or of a summary word")
  func steps() throws {
    // One kernel, and so no summary words.
    let storage = try Storage(range(0, 32), minimumBlock: 1, orders: 6)
    try storage.allocator.add(range(0, 32))
    var meter = StepCounter()
    let block = try storage.allocator.allocate(layout(1), meter: &meter)
    #expect(meter.steps == 1)
    // Looking for the block, then one look per order for the reason.
    #expect(throws: ShareError.self) {
      try storage.allocator.deallocate(block, layout(2), meter: &meter)
    }
    #expect(meter.steps == 1 + 1 + 1)
    #expect(throws: ShareError.self) {
      try storage.allocator.deallocate(PhysicalAddress(7), layout(1), meter: &meter)
    }
    #expect(meter.steps == 3 + 1 + 6)
    // Looking for the block, and freeing it.
    try storage.allocator.deallocate(block, layout(1), meter: &meter)
    #expect(meter.steps == 10 + 2)
  }
}
