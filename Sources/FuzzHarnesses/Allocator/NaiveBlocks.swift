import MemorySharing
import PropertyTesting

/// What an allocator should do, said with one entry for every smallest block and no cleverness.
package struct NaiveBlocks: Sendable {
  /// A block, free or live.
  struct Block: Equatable, Sendable {
    let order: UInt64
    let address: UInt64
  }

  /// A block that was allocated to a slot; it stays there when it is freed, to be freed again.
  struct Held: Sendable {
    let address: UInt64
    let layout: Layout
  }

  let shape: AllocatorShape
  /// For each block of the window: whether it was added, and whether it is free.
  private var isAdded: [Bool]
  private var isFree: [Bool]
  private(set) var live: [Block] = []
  /// The largest aligned blocks that tile what is free, by order and then by address.
  private(set) var free: [Block] = []
  var slots = Slots<Held>()

  init(_ shape: AllocatorShape) {
    self.shape = shape
    isAdded = Array(repeating: false, count: shape.blocks.count)
    isFree = isAdded
  }
}

// MARK: - What a call must answer

extension NaiveBlocks {
  var windowSize: ByteCount { .bytes(shape.window.size) }

  func adding(offset: ByteCount, size: ByteCount) -> Expectation<Done> {
    let start = PhysicalAddress(shape.address(offset))
    let size = size.bytes(unit: shape.minimumBlock)
    if size == 0 { return .refused([.rangeIsEmpty(start: start)]) }
    if size > UInt64.max - start.rawValue {
      return .refused([.rangeOverflows(start: start, size: size)])
    }
    return adding(AddressRange(uncheckedStart: start.rawValue, size: size))
  }

  func allocating(_ size: ByteCount, _ alignment: ByteCount) -> Expectation<PhysicalAddress> {
    judged(bytes(size), bytes(alignment), allocating)
  }

  func freeing(_ slot: Slot, _ way: FreeVariant) -> Expectation<Done> {
    let (address, size, alignment) = way.request(slots[slot], minimumBlock: shape.minimumBlock)
    return judged(size, alignment) { freeing(address, $0) }
  }

  func region(_ size: ByteCount, _ alignment: ByteCount, _ granule: UInt64) -> Expectation<Layout> {
    judged(bytes(size), bytes(alignment)) { region(toServe: $0, granule: granule) }
  }

  /// What comes of a layout, if it is one.
  private func judged<Value>(
    _ size: UInt64, _ alignment: UInt64, _ judge: (Layout) -> Expectation<Value>
  ) -> Expectation<Value> {
    var faults: [ShareError] = size == 0 ? [.sizeIsZero] : []
    if alignment.nonzeroBitCount != 1 { faults.append(.alignmentIsNotAPowerOfTwo(alignment)) }
    return faults.isEmpty
      ? judge(Layout(uncheckedSize: size, alignment: alignment)) : .refused(faults)
  }

  private func bytes(_ amount: ByteCount) -> UInt64 { amount.bytes(unit: shape.minimumBlock) }

  private func adding(_ range: AddressRange) -> Expectation<Done> {
    // What is left of it without the bytes that make no whole block.
    guard let blocks = blocks(in: range) else {
      return .refused([.rangeIsEmpty(start: range.start)])
    }
    let isOutside =
      blocks.lowerBound < shape.blocks.lowerBound || blocks.upperBound > shape.blocks.upperBound
    let isTaken = blocks.clamped(to: shape.blocks).contains { isAdded[index($0)] }
    var errors: [ShareError] = isOutside ? [.rangeIsOutside(range)] : []
    if isTaken { errors.append(.rangeOverlaps(range)) }
    return errors.isEmpty ? .served(Done()) : .refused(errors)
  }

  private func allocating(_ layout: Layout) -> Expectation<PhysicalAddress> {
    guard let order = order(of: layout) else { return .refused(tooLarge(layout)) }
    guard let block = place(order) else { return .refused([.exhausted(layout)]) }
    return .served(PhysicalAddress(block.address))
  }

  private func freeing(_ address: UInt64, _ layout: Layout) -> Expectation<Done> {
    let order = order(of: layout)
    let block = live.first { $0.address == address }
    if let block, block.order == order { return .served(Done()) }
    let error: ShareError =
      block == nil
      ? .notAllocated(PhysicalAddress(address))
      : .allocatedWithAnotherLayout(PhysicalAddress(address))
    return .refused([error] + (order == nil ? tooLarge(layout) : []))
  }

  private func region(toServe layout: Layout, granule: UInt64) -> Expectation<Layout> {
    guard let order = order(of: layout) else { return .refused(tooLarge(layout)) }
    let size = max(shape.minimumBlock << order, granule)
    return .served(Layout(uncheckedSize: size, alignment: size))
  }

  /// Larger than the top order; what does not fit in 64 bits may be called an overflow instead.
  private func tooLarge(_ layout: Layout) -> [ShareError] {
    let overflows = max(layout.size, layout.alignment) > 1 << 63
    return overflows
      ? [.sizeOverflows(layout.size), .largerThanTheTopOrder(layout)]
      : [.largerThanTheTopOrder(layout)]
  }

  /// The smallest order whose blocks are large and aligned enough; nil above the top order.
  private func order(of layout: Layout) -> UInt64? {
    (0...shape.topOrder).first { order in
      let size = shape.minimumBlock << order
      return size >= layout.size && size >= layout.alignment
    }
  }

  /// The lowest block among the smallest free ones that are large enough.
  private func place(_ order: UInt64) -> Block? { free.first { $0.order >= order } }
}

// MARK: - What a call changes

extension NaiveBlocks {
  mutating func add(offset: ByteCount, size: ByteCount) {
    guard case .served = adding(offset: offset, size: size) else { return }
    let range = AddressRange(uncheckedStart: shape.address(offset), size: bytes(size))
    for block in blocks(in: range) ?? 0..<0 {
      isAdded[index(block)] = true
      isFree[index(block)] = true
    }
    list()
  }

  mutating func allocate(_ slot: Slot, _ size: ByteCount, _ alignment: ByteCount) {
    guard case .served(let address) = allocating(size, alignment) else { return }
    let layout = Layout(uncheckedSize: bytes(size), alignment: bytes(alignment))
    let block = Block(order: order(of: layout) ?? 0, address: address.rawValue)
    live.append(block)
    slots[slot] = Held(address: block.address, layout: layout)
    mark(block, isFree: false)
  }

  mutating func free(_ slot: Slot, _ way: FreeVariant) {
    let address = way.request(slots[slot], minimumBlock: shape.minimumBlock).address
    guard case .served = freeing(slot, way),
      let index = live.firstIndex(where: { $0.address == address })
    else { return }
    mark(live.remove(at: index), isFree: true)
  }

  private mutating func mark(_ block: Block, isFree areFree: Bool) {
    let first = index(block.address >> shape.shift)
    for index in first..<first + (1 << Int(block.order)) { isFree[index] = areFree }
    list()
  }

  /// Tiles what is free, from its lowest block on, with the largest aligned blocks.
  private mutating func list() {
    var run = 0
    var runs = Array(repeating: 0, count: isFree.count)
    for index in isFree.indices.reversed() {
      run = isFree[index] ? run + 1 : 0
      runs[index] = run
    }
    free.removeAll(keepingCapacity: true)
    var index = 0
    while index < runs.count {
      guard runs[index] > 0 else {
        index += 1
        continue
      }
      let number = shape.blocks.lowerBound + UInt64(index)
      var order: UInt64 = 0
      while order < shape.topOrder, runs[index] >> Int(order + 1) > 0,
        number & (1 << (order + 1) - 1) == 0
      {
        order += 1
      }
      free.append(Block(order: order, address: number << shape.shift))
      index += 1 << Int(order)
    }
    free.sort { ($0.order, $0.address) < ($1.order, $1.address) }
  }

  private func index(_ block: UInt64) -> Int { Int(block - shape.blocks.lowerBound) }

  /// The blocks that lie wholly in a range; nil if none does.
  private func blocks(in range: AddressRange) -> Range<UInt64>? {
    guard let start = range.start.rawValue.roundedUp(to: shape.minimumBlock) else { return nil }
    let (first, end) = (start >> shape.shift, range.end.rawValue >> shape.shift)
    return first < end ? first..<end : nil
  }
}
