import MemorySharing
import PlainSharer
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// The sharer as a system under test: what sharecheck calls goes to the sharer, and what the sharer
/// asks of its platform goes to sharecheck's machine.
final class PlainSystem: SharingAdapter {
  /// Makes the sharer under test.
  typealias Maker = @Sendable (any Platform, Bool, ClosedRange<UInt64>) -> PlainSharer

  private var sharer: PlainSharer!

  /// No DMA pages, no bounce buffers; heap and MMIO guard are sharecheck's own.
  override class var calls: GuestCalls { [.deallocateShared, .unshareAll, .heap, .mmio] }

  init(_ machine: Machine, _ make: Maker) throws(ShareError) {
    try super.init(machine)
    sharer = make(
      SimulatedPlatform(machine: machine, heap: heap), hypervisor.sharingSupport == .onDemand,
      machine.configuration.minimumBlock...machine.configuration.poolTop)
  }

  override func initialise(_ kind: Initialisation, staticRange: StaticRange?) throws {
    try sharer.open()
  }

  override func allocateShared(size: UInt64, alignment: UInt64) throws -> PhysicalAddress {
    PhysicalAddress(try sharer.allocate(size: size, alignment: alignment))
  }

  override func deallocateShared(
    _ address: PhysicalAddress, size: UInt64, alignment: UInt64
  ) throws {
    try sharer.free(address.rawValue, size: size, alignment: alignment)
  }

  override func unshareAll() throws -> UnshareReport {
    let summary = sharer.close()
    var report = UnshareReport()
    report.granulesUnshared = summary.unshared
    report.granulesQuarantined = summary.lost
    report.regionsReturned = summary.returned
    report.regionsKept = summary.kept
    return report
  }

  override func drop() { sharer = nil }
}

/// The platform that a machine of sharecheck's is.
private struct SimulatedPlatform: Platform {
  let machine: Machine
  let heap: MachineHeap

  func hypercall(_ function: UInt64, _ address: UInt64) -> UInt64 {
    machine.monitor.call(HypercallRegisters(function, address, 0, 0)).x0
  }

  func zero(_ bytes: Range<UInt64>) {
    if let range = addresses(bytes) { machine.memory.zero(range) }
  }

  func abandon(_ granule: Range<UInt64>) {
    if let range = addresses(granule) { machine.monitor.abandon(range) }
  }

  private func addresses(_ bytes: Range<UInt64>) -> AddressRange? {
    try? AddressRange(
      start: PhysicalAddress(bytes.lowerBound), size: bytes.upperBound - bytes.lowerBound)
  }

  func takeRegion(size: UInt64) -> Range<UInt64>? {
    guard let layout = try? Layout(size: size, alignment: size),
      let start = try? heap.regions.allocateZeroed(layout)
    else { return nil }
    return start.rawValue..<start.rawValue + size
  }

  func giveBack(_ region: Range<UInt64>) -> Bool {
    let size = region.upperBound - region.lowerBound
    guard let layout = try? Layout(size: size, alignment: size) else { return false }
    return (try? heap.regions.deallocate(PhysicalAddress(region.lowerBound), layout)) != nil
  }
}
