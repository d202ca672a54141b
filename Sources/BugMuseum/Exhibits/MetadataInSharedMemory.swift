import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// One write of the host makes the second next allocation return an address of the host's choice.
  static let metadataInSharedMemory = Exhibit(
    "metadata-in-shared-memory",
    "The pool links its free blocks through their first bytes, which the host can write.",
    source: "AOSP pvmfw at 'Improve memory sharing with the host'; fixed by 87933f3a",
    seenBy: ["the-host-cannot-steer"], scope: [.dynamic, .fixed],
    shown: Needs.unmetered.subtracting(.freeBlocks)
  ) { machine in
    // A link needs eight bytes.
    guard machine.configuration.minimumBlock >= 8 else { return nil }
    return CoreSystem(machine, poolBlocks: IntrusiveBlocks(machine))
  }
}

/// A buddy allocator whose free lists run through the free blocks: heads here, links in them.
private final class IntrusiveBlocks: ReplacementBlocks {
  private let memory: TaggedMemory
  private let minimumBlock: UInt64
  private let topOrder: UInt64
  /// The lowest free block of each order; 0 for none.
  private var heads: [UInt64]
  private var used: [(address: UInt64, order: UInt64)] = []
  /// What a walk follows at most: a list that the host has bent may be a ring.
  private static var longestWalk: Int { 1 << 12 }

  init(_ machine: Machine) {
    memory = machine.memory
    minimumBlock = machine.configuration.minimumBlock
    topOrder = min(
      machine.configuration.poolOrders - 1, 63 - UInt64(minimumBlock.trailingZeroBitCount))
    heads = Array(repeating: 0, count: Int(topOrder) + 1)
  }

  private func size(_ order: UInt64) -> UInt64 { minimumBlock << order }

  private func order(of layout: Layout) throws(ShareError) -> UInt64 {
    var order: UInt64 = 0
    while order <= topOrder, size(order) < max(layout.size, layout.alignment) { order += 1 }
    if order <= topOrder { return order }
    throw max(layout.size, layout.alignment) > 1 << 63
      ? .sizeOverflows(layout.size) : .largerThanTheTopOrder(layout)
  }

  func manage(_ window: AddressRange) throws(ShareError) {
    for order in heads.indices { heads[order] = 0 }
    used.removeAll()
  }

  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    let size = max(size(try order(of: layout)), granule.bytes)
    return try Layout(size: size, alignment: size)
  }

  func add(_ range: AddressRange) throws(ShareError) {
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
    guard var order = (wanted...topOrder).first(where: { heads[Int($0)] != 0 }) else {
      throw .exhausted(layout)
    }
    let address = heads[Int(order)]
    heads[Int(order)] = link(of: address)
    while order > wanted {
      order -= 1
      list(address &+ size(order), order)
    }
    used.append((address, wanted))
    return PhysicalAddress(address)
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    let order = try? order(of: layout)
    guard let index = used.firstIndex(where: { $0.address == address.rawValue }) else {
      throw .notAllocated(address)
    }
    guard used[index].order == order else { throw .allocatedWithAnotherLayout(address) }
    insert(used.remove(at: index).address, order ?? 0)
  }

  private func link(of address: UInt64) -> UInt64 {
    memory.readWord(at: PhysicalAddress(address))
  }

  private func setLink(of address: UInt64, to next: UInt64) {
    memory.writeWord(next, at: PhysicalAddress(address))
  }

  private func insert(_ address: UInt64, _ order: UInt64) {
    var (address, order) = (address, order)
    while order < topOrder, remove(address ^ size(order), order) {
      address &= ~size(order)
      order += 1
    }
    list(address, order)
  }

  /// Lists a block behind the lower ones of its order.
  private func list(_ address: UInt64, _ order: UInt64) {
    var previous: UInt64 = 0
    var next = heads[Int(order)]
    for _ in 0..<Self.longestWalk where next != 0 && next < address {
      previous = next
      next = link(of: next)
    }
    setLink(of: address, to: next)
    if previous == 0 { heads[Int(order)] = address } else { setLink(of: previous, to: address) }
  }

  private func remove(_ address: UInt64, _ order: UInt64) -> Bool {
    var previous: UInt64 = 0
    var next = heads[Int(order)]
    for _ in 0..<Self.longestWalk where next != 0 && next != address {
      previous = next
      next = link(of: next)
    }
    guard next == address, next != 0 else { return false }
    if previous == 0 {
      heads[Int(order)] = link(of: address)
    } else {
      setLink(of: previous, to: link(of: address))
    }
    return true
  }

  func listFreeBlocks(_ append: (Observation.Block) -> Void) -> Bool { false }

  var indexDepth: UInt64 { 1 }
}
