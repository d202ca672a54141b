import MemorySharing
import SharingModel
import SimulatedHypervisors

/// The core's heap over a machine's arena, for a system that has none of its own.
///
/// It has the machine's parameters, tells the machine's events, and refuses where the machine says
/// so.
public final class MachineHeap {
  private let blocks: UnsafeMutablePointer<ReplaceableAllocator>
  private let heap: Heap<ReplaceableAllocator, TaggedMemory>
  /// What the sharer takes regions from.
  public let regions: any RegionSource

  /// - Throws: `outOfMetadata`.
  public init(_ machine: Machine) throws(ShareError) {
    let configuration = machine.configuration
    let allocator = MeteredAllocator(
      BuddyAllocator(
        minimumBlock: configuration.minimumBlock, orders: configuration.heapOrders,
        metadata: machine.storage(0, bytes: configuration.heapMetadataBytes)), StepRecord())
    blocks = UnsafeMutablePointer<ReplaceableAllocator>.allocate(capacity: 1)
    blocks.initialize(
      to: ReplaceableAllocator(allocator, replacement: configuration.heapReplacement))
    do throws(ShareError) {
      heap = try Heap(
        arena: configuration.arena, holding: configuration.arenaAtStart, blocks: blocks,
        memory: machine.memory)
    } catch {
      blocks.deinitialize(count: 1)
      blocks.deallocate()
      throw error
    }
    regions = ReportingHeap(heap, events: machine.events, faults: machine.heapFaults)
  }

  deinit {
    blocks.deinitialize(count: 1)
    blocks.deallocate()
  }

  /// Serves a user of the heap other than the sharer.
  public func allocate(_ layout: Layout, zeroed: Bool) throws(ShareError) -> PhysicalAddress {
    zeroed ? try heap.allocateZeroed(layout) : try heap.allocate(layout)
  }

  public func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try heap.deallocate(address, layout)
  }

  public func add(_ range: AddressRange) throws(ShareError) { try heap.add(range) }

  /// Lists the free blocks in an empty array by order, then address; false where they are not
  /// shown.
  public func listFreeBlocks(into list: inout [Observation.Block]) -> Bool {
    blocks.pointee.listFreeBlocks(into: &list)
  }
}
