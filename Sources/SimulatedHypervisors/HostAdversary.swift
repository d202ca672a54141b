import MemorySharing

/// The host, doing what it can: write, pin and read whatever the monitor lets it reach.
///
/// What it can reach is what was shared, by hypercall or before boot. Under plain KVM that is
/// nothing here, although the real host sees all of the guest: there is nothing to protect then.
public struct HostAdversary {
  public let monitor: SimulatedMonitor
  public let memory: TaggedMemory

  public init(monitor: SimulatedMonitor, memory: TaggedMemory) {
    self.monitor = monitor
    self.memory = memory
  }

  public func canReach(_ address: PhysicalAddress) -> Bool { monitor.shared.contains(address) }

  /// Writes into every byte that the host can reach.
  public func scribble(_ id: UInt32) {
    for range in monitor.shared.ranges { memory.fill(range, .host(id)) }
  }
}

/// Pinning: what keeps the guest from taking a granule back.
extension SimulatedMonitor {
  /// Pins the granule at this address for DMA; says whether the host could, that is whether all of
  /// it is shared.
  @discardableResult
  public func pin(_ address: PhysicalAddress) -> Bool {
    guard let granule = granule(containing: address), shared.contains(granule) else { return false }
    pinned.insert(granule)
    return true
  }

  /// Pins everything that the host can reach.
  public func pinAll() { for range in shared.ranges { pinned.insert(range) } }

  public func unpinAll() { pinned.removeAll() }

  /// The granule around an address; nil for the last of the address space.
  public func granule(containing address: PhysicalAddress) -> AddressRange? {
    let size = configuration.granule.bytes
    let start = address.rawValue & ~(size - 1)
    guard !start.addingReportingOverflow(size).overflow else { return nil }
    return AddressRange(uncheckedStart: start, size: size)
  }
}
