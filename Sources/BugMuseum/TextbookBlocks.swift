import MemorySharing
import SharingHarness
import SharingModel

/// A buddy allocator as textbooks have it, with a list of free addresses for each order: correct,
/// and in steps that an exhibit can override.
class TextbookBlocks: ReplacementBlocks {
  let minimumBlock: UInt64
  let topOrder: UInt64
  /// The free blocks of each order, ascending.
  var free: [[UInt64]]
  private var used: [(address: UInt64, order: UInt64)] = []
  private var added: [AddressRange] = []

  init(_ machine: Machine) {
    minimumBlock = machine.configuration.minimumBlock
    let shift = UInt64(minimumBlock.trailingZeroBitCount)
    topOrder = min(machine.configuration.poolOrders - 1, 63 - shift)
    free = Array(repeating: [], count: Int(topOrder) + 1)
  }

  final func size(_ order: UInt64) -> UInt64 { minimumBlock << order }

  final func order(of layout: Layout) throws(ShareError) -> UInt64 {
    var order: UInt64 = 0
    while order <= topOrder, size(order) < max(layout.size, layout.alignment) { order += 1 }
    if order <= topOrder { return order }
    throw max(layout.size, layout.alignment) > 1 << 63
      ? .sizeOverflows(layout.size) : .largerThanTheTopOrder(layout)
  }

  func manage(_ window: AddressRange) throws(ShareError) {
    for order in free.indices { free[order].removeAll() }
    used.removeAll()
    added.removeAll()
  }

  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    let size = max(size(try order(of: layout)), granule.bytes)
    return try Layout(size: size, alignment: size)
  }

  func add(_ range: AddressRange) throws(ShareError) {
    if let owned = added.first(where: { $0.overlaps(range) }) { throw .rangeOverlaps(owned) }
    added.append(range)
    var address = (range.start.rawValue + minimumBlock - 1) / minimumBlock * minimumBlock
    let end = range.end.rawValue / minimumBlock * minimumBlock
    while address < end {
      var order: UInt64 = 0
      while order < topOrder, address % size(order + 1) == 0, end - address >= size(order + 1) {
        order += 1
      }
      insert(address, order)
      address += size(order)
    }
  }

  func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let wanted = try order(of: layout)
    guard var order = (wanted...topOrder).first(where: { !free[Int($0)].isEmpty }) else {
      throw .exhausted(layout)
    }
    let address = removeFirst(order)
    while order > wanted {
      order -= 1
      list(address + size(order), order)
    }
    used.append((address, wanted))
    return PhysicalAddress(address)
  }

  func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    _ = try usedIndex(address, layout)
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    let block = used.remove(at: try usedIndex(address, layout))
    free(block.address, used: block.order)
  }

  private func usedIndex(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) -> Int {
    guard let index = used.firstIndex(where: { $0.address == address.rawValue }) else {
      throw .notAllocated(address)
    }
    let order = try? order(of: layout)
    guard used[index].order == order else { throw .allocatedWithAnotherLayout(address) }
    return index
  }

  /// Frees a block that a caller gave back.
  func free(_ address: UInt64, used order: UInt64) { insert(address, order) }

  /// Puts a block among the free ones, merged with its free buddies.
  final func insert(_ address: UInt64, _ order: UInt64) {
    var (address, order) = (address, order)
    while order < topOrder, remove(address ^ size(order), order) {
      address &= ~size(order)
      order += 1
    }
    list(address, order)
  }

  /// Takes the lowest block of an order off its list.
  func removeFirst(_ order: UInt64) -> UInt64 { free[Int(order)].removeFirst() }

  /// Lists a block as free, as it is.
  func list(_ address: UInt64, _ order: UInt64) {
    let blocks = free[Int(order)]
    free[Int(order)].insert(address, at: blocks.firstIndex { $0 > address } ?? blocks.count)
  }

  /// Takes a block off the list of its order; false where it is not there.
  func remove(_ address: UInt64, _ order: UInt64) -> Bool {
    guard let index = free[Int(order)].firstIndex(of: address) else { return false }
    free[Int(order)].remove(at: index)
    return true
  }

  func listFreeBlocks(_ append: (Observation.Block) -> Void) -> Bool {
    for order in free.indices {
      for address in free[order] {
        append(Observation.Block(order: UInt64(order), address: address))
      }
    }
    return true
  }

  var indexDepth: UInt64 { 1 }
}

extension Needs {
  /// What a system shows whose pool counts no steps.
  static var unmetered: Needs { Needs.everything.subtracting(.steps) }
}
