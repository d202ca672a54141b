import MemorySharing
import SimulatedHypervisors

/// The machine's ports as the core gets them. What a subclass overrides is what it does wrong; all
/// else goes through to the machine.
///
/// It stands for the code between the core and the machine, of which every port of the core has
/// some: register encoding, the heap's own calls, the mapping of memory.
open class PortInterceptor {
  public let machine: Machine
  /// The heap, which sends the machine's events.
  public internal(set) var heap: (any RegionSource)!

  public init(_ machine: Machine) { self.machine = machine }

  /// What the guest may expect of the hypervisor.
  open var generation: HypervisorGeneration { machine.backend.generation }

  /// Makes a hypercall.
  open func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    machine.monitor.call(registers)
  }

  /// Zeroes guest memory.
  open func zero(_ range: AddressRange) { machine.memory.zero(range) }

  /// Takes a zeroed region from the heap for the sharer.
  open func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try heap.allocateZeroed(layout)
  }

  /// Gives a region of the sharer's back to the heap.
  open func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try heap.deallocate(address, layout)
  }
}

/// The machine's hypercalls, or those of other ports.
struct PortedConduit: HypercallConduit {
  let monitor: SimulatedMonitor
  let ports: PortInterceptor?

  func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    if let ports { return ports.call(registers) }
    return monitor.call(registers)
  }

  func abandon(_ granules: AddressRange) { monitor.abandon(granules) }
}

/// The machine's memory, or that of other ports.
struct PortedMemory: GuestMemory {
  let memory: TaggedMemory
  let ports: PortInterceptor?

  func zero(_ range: AddressRange) {
    if let ports { ports.zero(range) } else { memory.zero(range) }
  }

  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {
    memory.copy(from: source, to: destination, size: size)
  }

  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    memory.virtualAddress(of: address)
  }

  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    memory.physicalAddress(of: address)
  }
}

/// The machine's heap as the sharer sees it, or that of other ports.
struct PortedRegions<Source: RegionSource>: RegionSource {
  let source: Source
  let ports: PortInterceptor?

  init(_ source: Source, _ ports: PortInterceptor?) {
    self.source = source
    self.ports = ports
    ports?.heap = source
  }

  var window: AddressRange { source.window }

  func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    if let ports { return try ports.allocateZeroed(layout) }
    return try source.allocateZeroed(layout)
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if let ports { return try ports.deallocate(address, layout) }
    try source.deallocate(address, layout)
  }
}
