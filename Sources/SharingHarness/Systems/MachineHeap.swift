import MemorySharing
import SharingModel
import SimulatedHypervisors

/// The core's heap over a machine's arena, for a system that has none of its own.
///
/// It has the machine's parameters, tells the machine's events, and refuses where the machine says
/// so.
public final class MachineHeap {
  typealias Blocks = Heap<ReplaceableAllocator, PortedMemory>

  private let blocks: UnsafeMutablePointer<ReplaceableAllocator>
  private let heap: Blocks
  /// The same as it is to the sharer.
  let frames: ReportingHeap<Blocks>

  /// - Throws: `outOfMetadata`.
  public convenience init(_ machine: Machine) throws(ShareError) {
    try self.init(machine, steps: StepRecord(), ports: nil)
  }

  /// - Parameters:
  ///   - steps: counts the allocator's.
  ///   - ports: stand between the heap and the machine's memory, if there are any.
  init(_ machine: Machine, steps: StepRecord, ports: PortInterceptor?) throws(ShareError) {
    let configuration = machine.configuration
    let allocator = MeteredAllocator(
      machine, storage: 0, bytes: configuration.heapMetadataBytes,
      orders: configuration.heapOrders, steps)
    blocks = UnsafeMutablePointer<ReplaceableAllocator>.allocate(capacity: 1)
    blocks.initialize(
      to: ReplaceableAllocator(allocator, replacement: configuration.heapReplacement))
    do throws(ShareError) {
      heap = try Heap(
        arena: configuration.arena, holding: configuration.arenaAtStart, blocks: blocks,
        memory: PortedMemory(memory: machine.memory, ports: ports))
    } catch {
      blocks.deinitialize(count: 1)
      blocks.deallocate()
      throw error
    }
    frames = ReportingHeap(heap, events: machine.events, faults: machine.heapFaults)
  }

  deinit {
    blocks.deinitialize(count: 1)
    blocks.deallocate()
  }

  /// What the sharer takes regions from.
  public var regions: any RegionSource { frames }

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

  /// The summary words on the way from the root of the index to a kernel.
  var indexDepth: UInt64 { blocks.pointee.indexDepth }
}
