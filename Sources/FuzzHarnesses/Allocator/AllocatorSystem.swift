import MemorySharing
import PropertyTesting

/// An allocator that shows its free blocks.
package protocol ListableBlocks: BlockAllocator, SendableMetatype, ~Copyable {
  /// Calls back for every free block, by order, then by address.
  func forEachFreeBlock(_ body: (PhysicalAddress, _ order: UInt64) -> Void)
}

extension BuddyAllocator: ListableBlocks {}

/// How the allocator that is checked is made, of its shape and its metadata storage.
package typealias BlocksFactory<Blocks: ~Copyable> =
  @Sendable (AllocatorShape, UnsafeMutableRawBufferPointer) -> Blocks

/// What a free came to, when it was only asked about and when it was done.
package struct FreeAnswer: Equatable, Sendable, CustomStringConvertible {
  let asked: Outcome<Done>
  let freed: Outcome<Done>

  package var description: String { "\(freed)" }
}

/// An allocator with the storage of its metadata, and the slots that programs name.
package struct AllocatorSystem<Blocks: ListableBlocks & ~Copyable>: ~Copyable {
  private let shape: AllocatorShape
  private var blocks: Blocks
  private var slots = Slots<NaiveBlocks.Held>()
  private let metadata: UnsafeMutableRawBufferPointer

  package init(_ shape: AllocatorShape, _ make: BlocksFactory<Blocks>) {
    self.shape = shape
    let size = BuddyAllocator.metadataSize(
      covering: shape.window, minimumBlock: shape.minimumBlock, orders: shape.orders)
    metadata = .allocate(byteCount: Int(size ?? 0), alignment: 8)
    blocks = make(shape, metadata)
    // Should the storage not do, everything lies outside of the window, and the first add shows it.
    try? blocks.manage(shape.window)
  }

  deinit { metadata.deallocate() }

  var windowSize: Amount { .bytes(shape.window.size) }

  /// The free blocks, by order and then by address.
  func free() -> [NaiveBlocks.Block] {
    var result: [NaiveBlocks.Block] = []
    blocks.forEachFreeBlock { address, order in
      result.append(NaiveBlocks.Block(order: order, address: address.rawValue))
    }
    return result
  }

  mutating func add(offset: Amount, size: Amount) -> Outcome<Done> {
    Outcome { () throws(ShareError) in
      try blocks.add(
        AddressRange(
          start: PhysicalAddress(shape.address(offset)), size: size.bytes(unit: shape.minimumBlock))
      )
      return Done()
    }
  }

  mutating func allocate(
    _ slot: Slot, _ size: Amount, _ alignment: Amount
  ) -> Outcome<PhysicalAddress> {
    Outcome { () throws(ShareError) in
      let layout = try shape.layout(size, alignment)
      let address = try blocks.allocate(layout)
      slots[slot] = NaiveBlocks.Held(address: address.rawValue, layout: layout)
      return address
    }
  }

  /// Asks first and frees then.
  mutating func free(_ slot: Slot, _ way: Freeing) -> FreeAnswer {
    let request = way.request(slots[slot], minimumBlock: shape.minimumBlock)
    let address = PhysicalAddress(request.address)
    let asked = Outcome { () throws(ShareError) in
      try blocks.check(address, Layout(size: request.size, alignment: request.alignment))
      return Done()
    }
    let freed = Outcome { () throws(ShareError) in
      try blocks.deallocate(address, Layout(size: request.size, alignment: request.alignment))
      return Done()
    }
    return FreeAnswer(asked: asked, freed: freed)
  }

  func region(_ size: Amount, _ alignment: Amount, _ granule: UInt64) -> Outcome<Layout> {
    Outcome { () throws(ShareError) in
      try blocks.region(
        toServe: shape.layout(size, alignment), granule: Granule(bytes: granule))
    }
  }
}

extension AllocatorShape {
  func address(_ offset: Amount) -> UInt64 {
    window.start.rawValue &+ offset.bytes(unit: minimumBlock)
  }

  func layout(_ size: Amount, _ alignment: Amount) throws(ShareError) -> Layout {
    try Layout(
      size: size.bytes(unit: minimumBlock), alignment: alignment.bytes(unit: minimumBlock))
  }
}
