import MemorySharing
import PropertyTesting

/// An allocator, and the slots that programs name.
package struct AllocatorSystem<Blocks: ListableBlocks & ~Copyable>: ~Copyable {
  private let shape: AllocatorShape
  private var blocks: OwnedBlocks<Blocks>
  private var slots = Slots<NaiveBlocks.Held>()

  package init(_ shape: AllocatorShape, _ make: BlocksFactory<Blocks>) {
    self.shape = shape
    blocks = OwnedBlocks(shape, make)
  }

  var windowSize: ByteCount { .bytes(shape.window.size) }

  func free() -> [NaiveBlocks.Block] { blocks.free() }

  mutating func add(offset: ByteCount, size: ByteCount) -> Outcome<Done> {
    blocks.add(shape.address(offset), bytes(size))
  }

  mutating func allocate(
    _ slot: Slot, _ size: ByteCount, _ alignment: ByteCount
  ) -> Outcome<PhysicalAddress> {
    let outcome = blocks.allocate(bytes(size), bytes(alignment))
    if let address = outcome.value?.rawValue {
      let layout = Layout(uncheckedSize: bytes(size), alignment: bytes(alignment))
      slots[slot] = NaiveBlocks.Held(address: address, layout: layout)
    }
    return outcome
  }

  mutating func free(_ slot: Slot, _ way: FreeVariant) -> FreeAnswer {
    let request = way.request(slots[slot], minimumBlock: shape.minimumBlock)
    return blocks.free(request.address, request.size, request.alignment)
  }

  func region(_ size: ByteCount, _ alignment: ByteCount, _ granule: UInt64) -> Outcome<Layout> {
    blocks.region(bytes(size), bytes(alignment), granule)
  }

  private func bytes(_ amount: ByteCount) -> UInt64 { amount.bytes(unit: shape.minimumBlock) }
}

extension AllocatorShape {
  func address(_ offset: ByteCount) -> UInt64 {
    window.start.rawValue &+ offset.bytes(unit: minimumBlock)
  }
}
