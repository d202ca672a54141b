import MemorySharing
import SharingModel
import SimulatedHypervisors

/// The core on a machine: what the rig `core` builds, and, with one port exchanged, what exhibits
/// do.
///
/// It is not generic, so that a release build specialises all of the core for it.
public final class CoreSystem: SharingSystem {
  typealias Hypervisor = DetectedHypervisor<PortedConduit>
  typealias Frames = PortedRegions<ReportingHeap<MachineHeap.Blocks>>
  typealias Pool = SharedPool<Hypervisor, PortedMemory, Frames, ReplaceableAllocator>

  private let machine: Machine
  private let ports: PortInterceptor?
  private let hypervisor: Hypervisor
  private let steps: StepRecord
  private let heap: MachineHeap
  /// What the guest enters by the turnstile, its handlers of interrupts, too.
  private struct GuestParts: ~Copyable {
    var map: MemoryMap
    var pool: Pool?
    var mmioGuard: MMIOGuard<Hypervisor>?
  }
  private let parts: UnsafeMutablePointer<GuestParts>
  private let isTaken: UnsafeMutablePointer<Bool>
  private let turnstile: Turnstile<GuestParts>

  /// Builds the core on a machine.
  ///
  /// - Parameters:
  ///   - poolBlocks: takes the place of the pool's allocator, if there is one.
  ///   - ports: stand between the core and the machine's, if there are any.
  ///
  /// - Throws: `unknownHypervisor`, `hypercallFailed`, `outOfMetadata`.
  public init(
    _ machine: Machine, poolBlocks: (any ReplacementBlocks)? = nil, ports: PortInterceptor? = nil
  ) throws(ShareError) {
    let configuration = machine.configuration
    let steps = StepRecord()
    let storage = Storage.core(configuration, machine.backend.sharing)
    let memory = PortedMemory(memory: machine.memory, ports: ports)
    let hypervisor = try Hypervisor.detect(
      through: PortedConduit(monitor: machine.monitor, ports: ports),
      generation: ports?.generation ?? machine.backend.generation)
    let heap = try MachineHeap(machine, steps: steps, ports: ports)
    var mmioGuard = try machine.mmioGuard(hypervisor)
    self.machine = machine
    self.ports = ports
    self.hypervisor = hypervisor
    self.steps = steps
    self.heap = heap
    let pool = Pool(
      hypervisor: hypervisor, memory: memory, frames: PortedRegions(heap.frames, ports),
      blocks: ReplaceableAllocator(
        MeteredAllocator(
          machine, storage: 1, bytes: storage.poolMetadata,
          orders: configuration.poolOrders, steps),
        replacement: poolBlocks),
      records: machine.storage(2, bytes: storage.records))
    parts = UnsafeMutablePointer.allocate(capacity: 1)
    parts.initialize(
      to: GuestParts(map: machine.memoryMap, pool: pool, mmioGuard: mmioGuard.take()))
    isTaken = UnsafeMutablePointer.allocate(capacity: 1)
    turnstile = Turnstile(parts, isTaken: isTaken)
  }

  deinit {
    parts.deinitialize(count: 1)
    parts.deallocate()
    isTaken.deallocate()
    // The heap's memory goes through the ports, and the ports' allocations through the heap.
    ports?.heap = nil
  }

  public func perform(_ call: GuestCall) -> Outcome {
    do throws(ShareError) {
      return try turnstile.enter { parts throws(ShareError) in try answer(call, &parts) }
    } catch {
      return .failed(error)
    }
  }

  private func answer(_ call: GuestCall, _ parts: inout GuestParts) throws(ShareError) -> Outcome {
    steps.reset()
    if case .drop = call {
      parts.pool = nil
      return .done
    }
    guard parts.pool != nil else { return .skipped }
    switch call {
    case .initialise(let kind, let range):
      try initialise(kind, range, &parts)
      return .done
    case .allocateShared(let size, let alignment):
      let layout = try Layout(size: size, alignment: alignment)
      return .address(try parts.pool!.allocateShared(layout), nil)
    case .deallocateShared(let address, let size, let alignment):
      try parts.pool!.deallocateShared(address, try Layout(size: size, alignment: alignment))
      return .done
    case .dmaAlloc(let pages, let direction):
      let buffer = try parts.pool!.dmaAlloc(pages: pages, direction: direction)
      return .address(buffer.physical, buffer.virtual)
    case .dmaDealloc(let address, let pages):
      try parts.pool!.dmaDealloc(address, pages: pages)
      return .done
    case .share(let buffer, let direction):
      return .address(try parts.pool!.share(buffer, direction: direction), nil)
    case .unshare(let address, let buffer, let direction):
      try parts.pool!.unshare(address, buffer, direction: direction)
      return .done
    case .heapAllocate(let size, let alignment, let zeroed):
      let layout = try Layout(size: size, alignment: alignment)
      return .address(try heap.allocate(layout, zeroed: zeroed), nil)
    case .heapDeallocate(let address, let size, let alignment):
      try heap.deallocate(address, try Layout(size: size, alignment: alignment))
      return .done
    case .heapAdd(let start, let size):
      try heap.add(try AddressRange(start: PhysicalAddress(start), size: size))
      return .done
    case .mapMMIO(let range):
      guard parts.mmioGuard != nil else { throw .mmioGuardUnsupported }
      try parts.mmioGuard!.map(range)
      return .done
    case .unmapAllMMIO:
      return .unmapped(parts.mmioGuard?.unmapAll() ?? MMIOReport(unmapped: 0, stillMapped: 0))
    case .unshareAll:
      return .unshared(parts.pool!.unshareAll())
    case .detect, .drop:
      return .done
    }
  }

  private func initialise(
    _ kind: Initialisation, _ range: StaticRange?, _ parts: inout GuestParts
  ) throws(ShareError) {
    switch kind {
    case .crowdedMap:
      var crowded = machine.crowdedMap
      try parts.pool!.initialise(
        for: hypervisor.sharingSupport, staticRange: range.map { ($0.start, $0.size) },
        in: &crowded)
    case .dynamic: try parts.pool!.initialiseDynamic()
    case .heap: try parts.pool!.initialiseHeap()
    case .fixed:
      try parts.pool!.initialiseStatic(
        start: range?.start ?? 0, size: range?.size ?? 0, in: &parts.map)
    default:
      try parts.pool!.initialise(
        for: hypervisor.sharingSupport, staticRange: range.map { ($0.start, $0.size) },
        in: &parts.map)
    }
  }

  public func observe(into observation: inout Observation) {
    var most = steps.most
    var depth = heap.indexDepth
    var poolFree = observation.poolFree.take() ?? []
    var heapFree = observation.heapFree.take() ?? []
    poolFree.clear()
    heapFree.clear()
    _ = heap.listFreeBlocks(into: &heapFree)
    observation.heapFree = heapFree
    let isShown = parts.pointee.pool?.withBlocks { blocks in
      depth = max(depth, blocks.indexDepth)
      most = max(most, blocks.mostSteps ?? 0)
      return blocks.listFreeBlocks(into: &poolFree)
    }
    observation.poolFree = isShown == true ? poolFree : nil
    observation.steps = most
    var lost = observation.quarantine.take() ?? SortedRanges()
    lost.removeAll()
    observation.quarantineRegions.clear()
    let isListed = observation.wantsQuarantine && parts.pointee.pool != nil
    if isListed {
      parts.pointee.pool!.forEachQuarantinedGranule { granule, region in
        lost.insert(granule)
        if observation.quarantineRegions.last != region {
          observation.quarantineRegions.append(region)
        }
      }
    }
    observation.quarantine = isListed ? lost : nil
    observation.indexDepth = depth
    observation.unclaimed = unclaimed
  }

  /// A static range that a second owner could claim: what pvmfw asks the map before it hands memory
  /// out.
  private var unclaimed: AddressRange? {
    let backing = parts.pointee.pool?.backing
    guard backing == .fixed else { return nil }
    var copy = parts.pointee.map
    let range = machine.configuration.staticRange
    return (try? copy.track(range)) == nil ? nil : range
  }
}

extension Configuration {
  /// What takes the place of the core's allocator in the heap, if the heap is not a buddy heap.
  var heapReplacement: (any ReplacementBlocks)? {
    switch heapRule {
    case .buddy: nil
    case .firstFit: FirstFitBlocks(minimumBlock: minimumBlock)
    }
  }
}

extension Rig {
  /// The core of this package.
  public static let core = Rig(id: "core", shown: .everything) { machine in
    try CoreSystem(machine)
  }
}
