import MemorySharing

/// An allocator that shows its free blocks.
package protocol ListableBlocks: BlockAllocator, SendableMetatype, ~Copyable {
  /// Calls back for every free block, by order, then by address.
  func forEachFreeBlock(_ body: (PhysicalAddress, _ order: UInt64) -> Void)
}

extension BuddyAllocator: ListableBlocks {}

/// How the allocator that is checked is made, of its shape and its metadata storage.
package typealias BlocksFactory<Blocks: ~Copyable> =
  @Sendable (AllocatorShape, UnsafeMutableRawBufferPointer) -> Blocks

/// The outcome of a free, when it was only asked about and when it was done.
package struct FreeAnswer: Equatable, Sendable, CustomStringConvertible {
  let asked: Outcome<Done>
  let freed: Outcome<Done>

  package var description: String { "\(freed)" }
}

/// An allocator with the storage of its metadata; all numbers are bytes.
struct OwnedBlocks<Blocks: ListableBlocks & ~Copyable>: ~Copyable {
  private var blocks: Blocks
  private let metadata: UnsafeMutableRawBufferPointer

  init(_ shape: AllocatorShape, _ make: BlocksFactory<Blocks>) {
    let size = BuddyAllocator.metadataSize(
      covering: shape.window, minimumBlock: shape.minimumBlock, orders: shape.orders)
    metadata = .allocate(byteCount: Int(size ?? 0), alignment: 8)
    blocks = make(shape, metadata)
    // Should the storage not do, everything lies outside of the window, and the first add shows it.
    try? blocks.manage(shape.window)
  }

  deinit { metadata.deallocate() }

  /// The free blocks, by order and then by address.
  func free() -> [NaiveBlocks.Block] {
    var result: [NaiveBlocks.Block] = []
    blocks.forEachFreeBlock { address, order in
      result.append(NaiveBlocks.Block(order: order, address: address.rawValue))
    }
    return result
  }

  mutating func add(_ start: UInt64, _ size: UInt64) -> Outcome<Done> {
    Outcome { () throws(ShareError) in
      try blocks.add(AddressRange(start: PhysicalAddress(start), size: size))
      return Done()
    }
  }

  mutating func allocate(_ size: UInt64, _ alignment: UInt64) -> Outcome<PhysicalAddress> {
    Outcome { () throws(ShareError) in
      try blocks.allocate(Layout(size: size, alignment: alignment))
    }
  }

  /// Asks first and frees then.
  mutating func free(_ address: UInt64, _ size: UInt64, _ alignment: UInt64) -> FreeAnswer {
    let address = PhysicalAddress(address)
    let asked = Outcome { () throws(ShareError) in
      try blocks.check(address, Layout(size: size, alignment: alignment))
      return Done()
    }
    let freed = Outcome { () throws(ShareError) in
      try blocks.deallocate(address, Layout(size: size, alignment: alignment))
      return Done()
    }
    return FreeAnswer(asked: asked, freed: freed)
  }

  func region(_ size: UInt64, _ alignment: UInt64, _ granule: UInt64) -> Outcome<Layout> {
    Outcome { () throws(ShareError) in
      try blocks.region(
        toServe: Layout(size: size, alignment: alignment), granule: Granule(bytes: granule))
    }
  }
}
