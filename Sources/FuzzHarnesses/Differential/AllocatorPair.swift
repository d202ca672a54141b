import MemorySharing
import PropertyTesting

/// Two allocators, and the slots that programs name.
package struct AllocatorPair<Second: ListableBlocks & ~Copyable>: ~Copyable {
  private let twinship: PairSettings
  private var first: OwnedBlocks<BuddyAllocator>
  private var second: OwnedBlocks<Second>
  private var slots = Slots<NaiveBlocks.Held>()

  package init(_ twinship: PairSettings, second make: @escaping BlocksFactory<Second>) {
    self.twinship = twinship
    first = OwnedBlocks(twinship.first) { shape, metadata in
      BuddyAllocator(minimumBlock: shape.minimumBlock, orders: shape.orders, metadata: metadata)
    }
    second = OwnedBlocks(twinship.second, make)
  }

  /// In what way the free blocks differ.
  func difference() -> String? {
    let wanted = first.free().map { block in
      NaiveBlocks.Block(order: block.order, address: twinship.image(address: block.address))
    }
    let free = second.free()
    return free == wanted ? nil : "free should be \(wanted), and are \(free)"
  }

  mutating func add(_ offset: ByteCount, _ size: ByteCount) -> Comparison<Done> {
    let start = twinship.first.window.start.rawValue &+ bytes(offset)
    let size = bytes(size)
    return compare(
      first.add(start, size),
      second.add(twinship.image(address: start), twinship.image(size: size))
    ) { $0 }
  }

  mutating func allocate(
    _ slot: Slot, _ size: ByteCount, _ alignment: ByteCount
  ) -> Comparison<PhysicalAddress> {
    let (size, alignment) = (bytes(size), bytes(alignment))
    let answer = first.allocate(size, alignment)
    if let address = answer.value?.rawValue {
      let layout = Layout(uncheckedSize: size, alignment: alignment)
      slots[slot] = NaiveBlocks.Held(address: address, layout: layout)
    }
    return compare(
      answer, second.allocate(twinship.image(size: size), twinship.image(size: alignment)),
      twinship.image(of:))
  }

  mutating func free(_ slot: Slot, _ way: FreeVariant) -> Comparison<Done> {
    let request = way.request(slots[slot], minimumBlock: twinship.first.minimumBlock)
    let (size, alignment) = (clamped(request.size), clamped(request.alignment))
    return compare(
      first.free(request.address, size, alignment).freed,
      second.free(
        twinship.image(address: request.address), twinship.image(size: size),
        twinship.image(size: alignment)
      ).freed
    ) { $0 }
  }

  func region(_ size: ByteCount, _ alignment: ByteCount, _ granule: UInt64) -> Comparison<Layout> {
    let (size, alignment) = (bytes(size), bytes(alignment))
    return compare(
      first.region(size, alignment, granule),
      second.region(
        twinship.image(size: size), twinship.image(size: alignment), twinship.image(size: granule)),
      twinship.image(of:))
  }

  private func compare<Value>(
    _ first: Outcome<Value>, _ second: Outcome<Value>, _ image: (Value) -> Value
  ) -> Comparison<Value> {
    Comparison(answer: first, difference: twinship.difference(first, second, image))
  }

  private func bytes(_ amount: ByteCount) -> UInt64 {
    clamped(amount.bytes(unit: twinship.first.minimumBlock))
  }

  private func clamped(_ number: UInt64) -> UInt64 { min(number, PairSettings.most) }
}

/// What the first of two answered, and in what way the second does not fit.
package struct Comparison<Value: Equatable & Sendable>: Sendable, CustomStringConvertible {
  let answer: Outcome<Value>
  let difference: String?

  package var description: String { "\(answer)" }
}
