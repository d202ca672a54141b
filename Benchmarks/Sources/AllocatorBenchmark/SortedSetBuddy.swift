import MemorySharing

/// The buddy allocator of the textbooks: per order a sorted set of free addresses, and a dictionary
/// of the blocks that are live.
///
/// Placement is the core's: the lowest block of the smallest order that has one. With n free blocks
/// a call takes O(log n) to look up each order that it splits or merges, plus what
/// `SortedAddresses` moves, plus one access to the dictionary. It takes ranges on trust: only the
/// traces of this benchmark are fed to it.
struct SortedSetBuddy: BlockAllocator, ~Copyable {
  private let minimumShift: Int
  private let topOrder: Int
  private var free: [SortedAddresses]
  /// The order of each live block, by address.
  private var live: [UInt64: Int] = [:]

  init(minimumBlock: UInt64, orders: UInt64) {
    minimumShift = minimumBlock.trailingZeroBitCount
    topOrder = min(Int(orders) - 1, 63 - minimumShift)
    free = Array(repeating: SortedAddresses(), count: topOrder + 1)
  }

  private func size(_ order: Int) -> UInt64 { 1 << (minimumShift + order) }

  private func order(for layout: Layout) throws(ShareError) -> Int {
    let bytes = max(layout.size, layout.alignment, 1 << minimumShift)
    let order = UInt64.bitWidth - (bytes - 1).leadingZeroBitCount - minimumShift
    guard order <= topOrder else { throw .largerThanTheTopOrder(layout) }
    return max(order, 0)
  }

  mutating func manage(_ window: AddressRange) {
    free = Array(repeating: SortedAddresses(), count: topOrder + 1)
    live = [:]
  }

  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    let bytes = max(size(try order(for: layout)), granule.bytes)
    return try Layout(size: bytes, alignment: bytes)
  }

  mutating func add(_ range: AddressRange) {
    var address = range.start.rawValue
    while address < range.end.rawValue {
      var order = min(topOrder, address.trailingZeroBitCount - minimumShift)
      while range.end.rawValue - address < size(order) { order -= 1 }
      insert(address, order: order)
      address += size(order)
    }
  }

  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let wanted = try order(for: layout)
    guard var order = (wanted...topOrder).first(where: { !free[$0].isEmpty }),
      let address = free[order].popLowest()
    else { throw .exhausted(layout) }
    while order > wanted {
      order -= 1
      free[order].insert(address + size(order))
    }
    live[address] = wanted
    return PhysicalAddress(address)
  }

  func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    let order = try order(for: layout)
    guard let used = live[address.rawValue] else { throw .notAllocated(address) }
    guard used == order else { throw .allocatedWithAnotherLayout(address) }
  }

  mutating func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    let order = try order(for: layout)
    guard let used = live.removeValue(forKey: address.rawValue) else {
      throw .notAllocated(address)
    }
    guard used == order else {
      live[address.rawValue] = used
      throw .allocatedWithAnotherLayout(address)
    }
    insert(address.rawValue, order: order)
  }

  /// Merges a block with its free buddies.
  private mutating func insert(_ address: UInt64, order: Int) {
    var (address, order) = (address, order)
    while order < topOrder, free[order].remove(address ^ size(order)) {
      address &= ~size(order)
      order += 1
    }
    free[order].insert(address)
  }
}
