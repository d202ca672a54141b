import MemorySharing
import SharingHarness
import SharingModel

/// The core's allocator as a class, so that an exhibit can override one thing.
class CoreBlocks: ReplacementBlocks {
  private var base: BuddyAllocator
  var minimumBlock: UInt64 { base.minimumBlock }

  init(_ machine: Machine) {
    let configuration = machine.configuration
    func bytes(_ window: AddressRange) -> UInt64 {
      BuddyAllocator.metadataSize(
        covering: window, minimumBlock: configuration.minimumBlock,
        orders: configuration.poolOrders) ?? 0
    }
    // An exhibit may manage another window than the core would, where nothing is scant.
    let storage = Storage.core(configuration, machine.backend.sharing)
    let ample = max(bytes(configuration.arena), bytes(configuration.staticRange))
    let metadata = machine.storage(4, bytes: storage.isScant ? storage.poolMetadata : ample)
    base = BuddyAllocator(
      minimumBlock: configuration.minimumBlock, orders: configuration.poolOrders,
      metadata: metadata)
  }

  func manage(_ window: AddressRange) throws(ShareError) { try base.manage(window) }

  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    try base.region(toServe: layout, granule: granule)
  }

  func add(_ range: AddressRange) throws(ShareError) { try base.add(range) }

  func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try base.allocate(layout)
  }

  func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try base.check(address, layout)
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try base.deallocate(address, layout)
  }

  func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool {
    base.forEachFreeBlock { address, order in
      blocks.append(Observation.Block(order: order, address: address.rawValue))
    }
    return true
  }

  var indexDepth: UInt64 { base.indexDepth }
}
