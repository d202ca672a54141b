import MemorySharing
import SharingHarness
import SharingModel

/// A buddy allocator as textbooks have it, with a list of free addresses for each order: correct,
/// and in steps that an exhibit can override.
class TextbookBlocks: ReplacementBlocks {
  typealias Block = (address: UInt64, order: UInt64)

  let minimumBlock: UInt64
  let topOrder: UInt64
  /// The free blocks of each order, ascending.
  var free: [[UInt64]]
  private var used: [Block] = []
  /// The ranges that were added.
  var added: [AddressRange] = []
  /// It needs none for itself, and refuses what the core would refuse.
  private let storage: Storage

  init(_ machine: Machine) {
    minimumBlock = machine.configuration.minimumBlock
    let shift = UInt64(minimumBlock.trailingZeroBitCount)
    topOrder = min(machine.configuration.poolOrders - 1, 63 - shift)
    free = Array(repeating: [], count: Int(topOrder) + 1)
    storage = Storage.core(machine.configuration, machine.backend.sharing)
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
    guard !storage.isScant else {
      throw .outOfMetadata(needed: storage.poolMetadataNeeded, available: storage.poolMetadata)
    }
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
    let end = range.end.rawValue.roundedDown(to: minimumBlock)
    guard var address = range.start.rawValue.roundedUp(to: minimumBlock), address < end else {
      throw .rangeIsEmpty(start: range.start)
    }
    added.append(range)
    while address < end {
      var order: UInt64 = 0
      while order < topOrder, address % size(order + 1) == 0, end - address >= size(order + 1) {
        order += 1
      }
      takeOver(address, order)
      address += size(order)
    }
  }

  /// Takes over a block of a range that is added.
  func takeOver(_ address: UInt64, _ order: UInt64) { insert(address, order) }

  func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let wanted = try order(of: layout)
    guard let order = (wanted...topOrder).first(where: { !free[Int($0)].isEmpty }) else {
      throw .exhausted(layout)
    }
    let address = removeFirst(order)
    split(address, from: order, to: wanted)
    used.append((address, wanted))
    return PhysicalAddress(address)
  }

  /// Whether bytes of a block in use belong to another one as well.
  final func isServedTwice(_ address: PhysicalAddress) -> Bool {
    guard let block = used.last(where: { $0.address == address.rawValue }) else { return false }
    return used.count {
      $0.address < block.address + size(block.order) && block.address < $0.address + size($0.order)
    } > 1
  }

  /// Lists what is left of a block whose lowest part is taken.
  func split(_ address: UInt64, from order: UInt64, to wanted: UInt64) {
    for order in (wanted..<order).reversed() { list(address + size(order), order) }
  }

  final func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    _ = try usedBlock(address, layout)
  }

  final func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    let block = try usedBlock(address, layout)
    used.removeAll { $0.address == block.address }
    free(block.address, used: block.order)
  }

  /// The block in use that a caller gives back.
  func usedBlock(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) -> Block {
    guard let block = used.first(where: { $0.address == address.rawValue }) else {
      throw .notAllocated(address)
    }
    let order = try? order(of: layout)
    guard block.order == order else { throw .allocatedWithAnotherLayout(address) }
    return block
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

  func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool {
    for order in free.indices {
      for address in free[order] {
        blocks.append(Observation.Block(order: UInt64(order), address: address))
      }
    }
    return true
  }

  var indexDepth: UInt64 { 1 }

  var mostSteps: UInt64? { nil }
}

extension Capabilities {
  /// What a system shows whose pool counts no steps.
  static var unmetered: Capabilities { Capabilities.everything.subtracting([.steps, .callOrder]) }
}
