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

  /// Hands over each run of bytes that the host can reach, in ascending order.
  public func forEachReachable(_ body: (AddressRange) -> Void) {
    for range in monitor.shared.ranges { body(range) }
  }

  public func canReach(_ address: PhysicalAddress) -> Bool { monitor.shared.contains(address) }

  /// Writes into every byte that the host can reach.
  public func scribble(_ id: UInt32) {
    for range in monitor.shared.ranges { memory.fill(range, .host(id)) }
  }

  /// Writes into what the host can reach of one granule; says whether that is anything.
  @discardableResult
  public func scribble(_ id: UInt32, granuleContaining address: PhysicalAddress) -> Bool {
    guard let granule = monitor.granule(containing: address) else { return false }
    var reached = false
    for range in monitor.shared.ranges {
      if let part = range.intersection(granule) {
        memory.fill(part, .host(id))
        reached = true
      }
    }
    return reached
  }

  /// The first secret that the host can read: a run of one origin.
  public func firstReachableSecret() -> AddressRange? {
    for range in monitor.shared.ranges {
      if let (run, _) = memory.firstRun(in: range, where: { $0 == .secret }) { return run }
    }
    return nil
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

  /// Lets go of the granule at this address; says whether it was pinned.
  @discardableResult
  public func unpin(_ address: PhysicalAddress) -> Bool {
    guard let granule = granule(containing: address), pinned.contains(granule) else { return false }
    pinned.remove(granule)
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
