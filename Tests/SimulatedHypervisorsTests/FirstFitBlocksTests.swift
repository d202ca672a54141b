import MemorySharing
import SimulatedHypervisors
import Testing

@Suite("A first-fit heap")
struct FirstFitBlocksTests {
  /// An allocator of whole 16 bytes that owns 32 KiB.
  static func blocks() throws -> FirstFitBlocks {
    let blocks = FirstFitBlocks(minimumBlock: 16)
    blocks.manage(range(0x1_0000, 0x8000))
    try blocks.add(range(0x1_0000, 0x8000))
    return blocks
  }

  static func layout(_ size: UInt64, _ alignment: UInt64 = 1) throws -> Layout {
    try Layout(size: size, alignment: alignment)
  }

  @Test("A block is aligned as asked and no better, as long as there is such a place")
  func alignment() throws {
    let blocks = try Self.blocks()
    func place(_ size: UInt64, _ alignment: UInt64) throws -> UInt64 {
      try blocks.allocate(Self.layout(size, alignment)).rawValue
    }
    #expect(try place(0x2000, 0x1000) == 0x1_1000)
    #expect(try place(0x1000, 0x1000) == 0x1_3000)
    #expect(try place(1, 1) == 0x1_0010)
    // Behind the block before, and 48 bytes are not rounded to 64.
    #expect(try place(48, 16) == 0x1_0030)
    #expect(try place(16, 16) == 0x1_0070)
    #expect(try place(0x1000, 0x1000) == 0x1_5000)
    #expect(try place(0x1000, 0x1000) == 0x1_7000)
    // No odd multiple is left.
    #expect(try place(0x1000, 0x1000) == 0x1_4000)
    #expect(try place(0x1000, 0x1000) == 0x1_6000)
    #expect(throws: ShareError.self) { try place(0x1000, 0x1000) }
  }

  /// The place where a search through all addresses finds room for a block.
  private static func place(
    in free: SortedRanges, _ size: UInt64, _ alignment: UInt64
  ) -> PhysicalAddress? {
    let places = (0..<40 as Range<UInt64>).filter { address in
      address % alignment == 0
        && (address..<address + size).allSatisfy { free.contains(PhysicalAddress($0)) }
    }
    return (places.first { $0 % (2 * alignment) != 0 } ?? places.first).map(PhysicalAddress.init)
  }

  @Test("Blocks lie where a search through all addresses puts them, and what is freed is merged")
  func agreesWithNaive() throws {
    var numbers = Numbers(state: 0xF1E57)
    for start in [0, 5] as [UInt64] {
      let blocks = FirstFitBlocks(minimumBlock: 1)
      blocks.manage(range(start, 33))
      try blocks.add(range(start, 33))
      var live: [AddressRange] = []
      for _ in 0..<2000 {
        if !live.isEmpty, numbers.next(below: 2) == 0 {
          let block = live.remove(at: Int(numbers.next(below: UInt64(live.count))))
          try blocks.deallocate(block.start, Self.layout(block.size))
        } else {
          let wanted = try Self.layout(
            1 + numbers.next(below: 9), 1 << numbers.next(below: 5))
          let place = Self.place(in: blocks.free, wanted.size, wanted.alignment)
          let address = try? blocks.allocate(wanted)
          #expect(address == place)
          if let address { live.append(range(address.rawValue, wanted.size)) }
        }
        var free = SortedRanges()
        free.insert(range(start, 33))
        for block in live { free.remove(block) }
        try #require(blocks.free == free)
      }
    }
  }

  @Test("A free of what was not allocated so is refused, and changes nothing")
  func refusedFrees() throws {
    let blocks = try Self.blocks()
    let wanted = try Self.layout(40)
    let block = try blocks.allocate(wanted)
    let free = blocks.free
    func refusal(_ address: UInt64, _ size: UInt64) throws -> ShareError? {
      let (address, wanted) = (PhysicalAddress(address), try Self.layout(size))
      let checked = #expect(throws: ShareError.self) { try blocks.check(address, wanted) }
      let error = #expect(throws: ShareError.self) { try blocks.deallocate(address, wanted) }
      #expect(error == checked)
      #expect(blocks.free == free)
      return error
    }
    let start = block.rawValue
    for size in [32, 49, 64, .max] as [UInt64] {
      #expect(try refusal(start, size) == .allocatedWithAnotherLayout(block))
    }
    for address in [0, start - 16, start + 16, start + 1, start ^ 1 << 61] {
      #expect(try refusal(address, 40) == .notAllocated(PhysicalAddress(address)))
    }
    // The same block with another size in bytes.
    try blocks.check(block, Self.layout(33))
    try blocks.deallocate(block, wanted)
    #expect(throws: ShareError.notAllocated(block)) { try blocks.deallocate(block, wanted) }
  }

  @Test("What has no room is exhausted, and what does not fit in 64 bits overflows")
  func tooLarge() throws {
    let blocks = try Self.blocks()
    #expect(throws: ShareError.sizeOverflows(.max)) {
      try blocks.allocate(Self.layout(.max))
    }
    for (size, alignment) in [(0x8001, 1), (1, 0x2_0000), (.max - 15, 1), (1, 1 << 63)]
      as [(UInt64, UInt64)]
    {
      let wanted = try Self.layout(size, alignment)
      #expect(throws: ShareError.exhausted(wanted)) { try blocks.allocate(wanted) }
    }
    #expect(try blocks.allocate(Self.layout(0x8000)).rawValue == 0x1_0000)
  }

  @Test("A range is added as far as whole blocks go, within the window, and once")
  func adding() throws {
    let blocks = FirstFitBlocks(minimumBlock: 16)
    #expect(throws: ShareError.rangeIsOutside(range(0x100, 16))) {
      try blocks.add(range(0x100, 16))
    }
    blocks.manage(range(0x100, 0x100))
    try blocks.add(range(0x108, 0x29))
    #expect(blocks.free.ranges == [range(0x110, 0x20)])
    #expect(throws: ShareError.rangeIsEmpty(start: PhysicalAddress(0x1f1))) {
      try blocks.add(range(0x1f1, 15))
    }
    #expect(throws: ShareError.rangeIsOutside(range(0x1f0, 32))) {
      try blocks.add(range(0x1f0, 32))
    }
    _ = try blocks.allocate(Self.layout(32))
    for start in [0x110, 0x120] as [UInt64] {
      let again = range(start, 16)
      #expect(throws: ShareError.rangeOverlaps(again)) { try blocks.add(again) }
    }
    try blocks.add(range(0x130, 16))
    #expect(blocks.free.ranges == [range(0x130, 16)])
    #expect(throws: ShareError.rangeOverlaps(range(0x130, 16))) { try blocks.add(range(0x130, 16)) }
  }

  @Test("A region that is asked for serves its layout wherever it lies")
  func regions() throws {
    for (size, alignment) in [(100, 1), (4096, 8192), (5000, 64)] as [(UInt64, UInt64)] {
      let wanted = try Self.layout(size, alignment)
      let blocks = try Self.blocks()
      let asked = try blocks.region(toServe: wanted, granule: granule(4096))
      #expect(asked.size % 4096 == 0 && asked.alignment >= 4096)
      let region = range(try blocks.allocate(asked).rawValue, asked.size)
      let pool = FirstFitBlocks(minimumBlock: 16)
      pool.manage(region)
      try pool.add(region)
      #expect(region.contains(try pool.allocate(wanted)))
    }
    #expect(throws: ShareError.sizeOverflows(.max)) {
      try Self.blocks().region(toServe: Self.layout(.max), granule: granule(4096))
    }
  }

  @Test("A heap over an arena that begins at address 0 never hands that out")
  func addressZero() throws {
    let blocks = UnsafeMutablePointer<FirstFitBlocks>.allocate(capacity: 1)
    blocks.initialize(to: FirstFitBlocks(minimumBlock: 16))
    defer {
      blocks.deinitialize(count: 1)
      blocks.deallocate()
    }
    let heap = try Heap(arena: range(0, 0x3000), blocks: blocks, memory: TaggedMemory())
    #expect(try heap.allocate(Self.layout(0x1000, 0x1000)).rawValue == 0x1000)
    #expect(try heap.allocate(Self.layout(0x1000, 0x1000)).rawValue == 0x2000)
    #expect(throws: ShareError.self) { try heap.allocate(Self.layout(1)) }
  }
}
