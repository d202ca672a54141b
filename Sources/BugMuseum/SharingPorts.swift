import MemorySharing
import SharingHarness
import SharingModel

/// Ports that know MEM_SHARE and MEM_UNSHARE from other calls, and when the pool is torn down.
class SharingPorts: PortInterceptor {
  /// Whether the guest's call that runs is a teardown.
  private(set) var isTearingDown = false
  /// The region that the last refill took, where the buffer that it is for will begin.
  private(set) var region: AddressRange?
  /// The regions that the sharer has taken and not given back, in the order in which it took them.
  private(set) var regions: [AddressRange] = []

  final override func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    switch HypercallFunction(rawValue: UInt32(truncatingIfNeeded: registers.x0)) {
    case .memShare: HypercallRegisters(share(registers.x1))
    case .memUnshare: HypercallRegisters(unshare(registers.x1))
    default: super.call(registers)
    }
  }

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let start = try super.allocateZeroed(layout)
    let taken = AddressRange(uncheckedStart: start.rawValue, size: layout.size)
    region = taken
    regions.append(taken)
    return start
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try super.deallocate(address, layout)
    regions.removeAll { $0.start == address }
  }

  /// Makes a call behind the core's back; it really happens.
  @discardableResult
  final func hypercall(_ function: HypercallFunction, _ address: UInt64 = 0) -> UInt64 {
    super.call(HypercallRegisters(calling: function, at: address)).x0
  }

  /// Shares the granule at an address, and answers x0.
  func share(_ address: UInt64) -> UInt64 { hypercall(.memShare, address) }

  /// Takes back the granule at an address, and answers x0.
  func unshare(_ address: UInt64) -> UInt64 { hypercall(.memUnshare, address) }

  /// The core behind these ports.
  final func system(poolBlocks: (any ReplacementBlocks)? = nil) throws -> any SharingSystem {
    let core = try CoreSystem(machine, poolBlocks: poolBlocks, ports: self)
    return Wrapped(core) { call, core in
      self.isTearingDown = call == .unshareAll || call == .drop
      return core.perform(call)
    }
  }
}
