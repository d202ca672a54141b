import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let sharesPerBuffer = Exhibit(
    "shares-per-buffer",
    "Every buffer's granule is shared with it, also when another buffer lies there already.",
    source: "AOSP pvmfw before 'Improve memory sharing with the host'; OP-TEE client #233",
    seenBy: ["granules-are-shared-once"], scope: .dynamic, shown: .unmetered
  ) { machine in
    let ports = SharingPorts(machine)
    return try ports.system(poolBlocks: SharingBlocks(machine, ports))
  }
}

private final class SharingBlocks: CoreBlocks {
  private let ports: SharingPorts
  private let granule: UInt64
  private var isFresh = false

  init(_ machine: Machine, _ ports: SharingPorts) {
    self.ports = ports
    granule = machine.configuration.granule
    super.init(machine)
  }

  override func add(_ range: AddressRange) throws(ShareError) {
    try super.add(range)
    isFresh = true
  }

  override func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let address = try super.allocate(layout)
    // The refill has shared what the first buffer of a region lies in.
    if !isFresh { ports.hypercall(.memShare, address.rawValue & ~(granule - 1)) }
    isFresh = false
    return address
  }
}
