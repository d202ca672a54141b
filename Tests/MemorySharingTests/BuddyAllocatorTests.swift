import Testing

@testable import MemorySharing

/// The obvious buddy allocator: a list of free blocks. Slow, and short enough to be believed.
struct NaiveBuddy {
  var minimumBlock: UInt64
  var orders: UInt64
  var free: [(address: UInt64, order: UInt64)] = []

  func size(_ order: UInt64) -> UInt64 { minimumBlock << order }

  mutating func add(_ start: UInt64, _ size: UInt64) {
    var address = start
    while address < start + size {
      insert(address, 0)
      address += minimumBlock
    }
  }

  mutating func insert(_ address: UInt64, _ order: UInt64) {
    var (address, order) = (address, order)
    while order + 1 < orders,
      let buddy = free.firstIndex(where: {
        $0.order == order && $0.address == address ^ size(order)
      })
    {
      free.remove(at: buddy)
      address &= ~size(order)
      order += 1
    }
    free.append((address, order))
  }

  mutating func allocate(_ order: UInt64) -> UInt64? {
    guard
      let best = free.indices.filter({ free[$0].order >= order })
        .min(by: { (free[$0].order, free[$0].address) < (free[$1].order, free[$1].address) })
    else { return nil }
    var block = free.remove(at: best)
    while block.order > order {
      block.order -= 1
      free.append((block.address + size(block.order), block.order))
    }
    return block.address
  }
}

/// A BuddyAllocator with storage of its own.
final class Storage {
  let bytes: UnsafeMutableRawBufferPointer
  var allocator: BuddyAllocator

  init(_ window: AddressRange, minimumBlock: UInt64, orders: UInt64) throws(ShareError) {
    let size = BuddyAllocator.metadataSize(
      covering: window, minimumBlock: minimumBlock, orders: orders)!
    bytes = .allocate(byteCount: Int(size), alignment: 8)
    allocator = BuddyAllocator(minimumBlock: minimumBlock, orders: orders, metadata: bytes)
    try allocator.manage(window)
  }

  deinit { bytes.deallocate() }

  func freeBlocks() -> [[UInt64]] {
    var blocks: [[UInt64]] = []
    allocator.forEachFreeBlock { blocks.append([$1, $0.rawValue]) }
    return blocks
  }
}

func layout(_ size: UInt64, _ alignment: UInt64 = 1) -> MemorySharing.Layout {
  try! MemorySharing.Layout(size: size, alignment: alignment)
}

@Suite struct BuddyAllocatorTests {
  @Test(
    "Random calls agree with the obvious allocator, block for block",
    arguments: [
      // start, blocks, minimum block, orders
      (0, 64, 1, 7), (0, 8, 1, 2), (0x1000, 300, 16, 6), (0x8000_0000, 4096, 16, 13),
      (0x30, 1000, 16, 32), (UInt64.max - 0xffff, 0xfff, 16, 20), (0, 5000, 8, 3),
      (64, 4097, 1, 12),
    ] as [(UInt64, UInt64, UInt64, UInt64)])
  func agreesWithNaive(start: UInt64, blocks: UInt64, minimum: UInt64, orders: UInt64) throws {
    let storage = try Storage(range(start, blocks * minimum), minimumBlock: minimum, orders: orders)
    var naive = NaiveBuddy(minimumBlock: minimum, orders: orders)
    let half = blocks / 3 * minimum
    try storage.allocator.add(range(start + half, blocks * minimum - half))
    naive.add(start + half, blocks * minimum - half)
    if half > 0 {
      try storage.allocator.add(range(start, half))
      naive.add(start, half)
    }
    var live: [(address: UInt64, order: UInt64)] = []
    var random: UInt64 = start ^ blocks &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % bound
    }
    for step in 0..<600 {
      if next(5) < 3 || live.isEmpty {
        let order = min(next(orders), next(orders), next(orders))
        let expected = naive.allocate(order)
        let got = try? storage.allocator.allocate(layout(minimum << order))
        #expect(got?.rawValue == expected)
        if let expected { live.append((expected, order)) }
      } else {
        let block = live.remove(at: Int(next(UInt64(live.count))))
        naive.insert(block.address, block.order)
        try storage.allocator.deallocate(
          PhysicalAddress(block.address), layout(minimum << block.order))
      }
      if step % 20 == 0 || step > 590 {
        #expect(
          storage.freeBlocks()
            == naive.free.map { [$0.order, $0.address] }
            .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
      }
    }
  }

  @Test("A wrong free is refused by name, and nothing changes")
  func wrongFrees() throws {
    let storage = try Storage(range(0x1000, 0x1000), minimumBlock: 16, orders: 8)
    try storage.allocator.add(range(0x1000, 0x1000))
    let block = try storage.allocator.allocate(layout(64))
    let before = storage.freeBlocks()
    #expect(throws: ShareError.allocatedWithAnotherLayout(block)) {
      try storage.allocator.deallocate(block, layout(32))
    }
    let inside = PhysicalAddress(block.rawValue + 16)
    #expect(throws: ShareError.notAllocated(inside)) {
      try storage.allocator.deallocate(inside, layout(16))
    }
    let wild = PhysicalAddress(0x9000)
    #expect(throws: ShareError.notAllocated(wild)) {
      try storage.allocator.deallocate(wild, layout(16))
    }
    #expect(storage.freeBlocks() == before)
    try storage.allocator.deallocate(block, layout(64))
    #expect(throws: ShareError.notAllocated(block)) {
      try storage.allocator.deallocate(block, layout(64))
    }
  }

  @Test("Slots that nobody added, and slots that a child has, cannot be freed")
  func absentAndSplit() throws {
    // Eight orders: level 1 manages blocks of 64. Only half of the window is added.
    let storage = try Storage(range(0, 256), minimumBlock: 1, orders: 8)
    try storage.allocator.add(range(0, 128))
    #expect(throws: ShareError.notAllocated(PhysicalAddress(128))) {
      try storage.allocator.deallocate(PhysicalAddress(128), layout(64))
    }
    let small = try storage.allocator.allocate(layout(1))
    #expect(small.rawValue == 0)
    #expect(throws: ShareError.allocatedWithAnotherLayout(small)) {
      try storage.allocator.deallocate(small, layout(64))
    }
  }

  @Test("Adding refuses what it owns, what is outside, and what is empty")
  func adding() throws {
    let storage = try Storage(range(0x1000, 0x2000), minimumBlock: 16, orders: 4)
    try storage.allocator.add(range(0x1100, 0x200))
    let before = storage.freeBlocks()
    for overlap in [range(0x1100, 16), range(0x10f0, 0x20), range(0x12f0, 0x100)] {
      #expect(throws: ShareError.rangeOverlaps(overlap)) { try storage.allocator.add(overlap) }
    }
    #expect(throws: ShareError.rangeIsOutside(range(0x2ff0, 0x20))) {
      try storage.allocator.add(range(0x2ff0, 0x20))
    }
    #expect(throws: ShareError.rangeIsEmpty(start: PhysicalAddress(0x1401))) {
      try storage.allocator.add(range(0x1401, 30))
    }
    #expect(storage.freeBlocks() == before)
    let block = try storage.allocator.allocate(layout(16))
    #expect(throws: ShareError.rangeOverlaps(range(block.rawValue, 16))) {
      try storage.allocator.add(range(block.rawValue, 16))
    }
  }

  @Test("Sizes that no block can have are typed errors")
  func impossibleSizes() throws {
    let storage = try Storage(range(0, 1024), minimumBlock: 16, orders: 4)
    try storage.allocator.add(range(0, 1024))
    #expect(throws: ShareError.largerThanTheTopOrder(layout(129))) {
      try storage.allocator.allocate(layout(129))
    }
    #expect(throws: ShareError.sizeOverflows(.max)) {
      try storage.allocator.allocate(layout(.max))
    }
  }

  @Test("Storage that is too small is refused, with the bytes that it takes")
  func tooLittleMetadata() {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    defer { bytes.deallocate() }
    var allocator = BuddyAllocator(minimumBlock: 16, orders: 4, metadata: bytes)
    #expect(throws: ShareError.outOfMetadata(needed: 192, available: 64)) {
      try allocator.manage(range(0, 1024))
    }
  }
}
