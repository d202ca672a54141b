import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  static let sharesByVirtualAddress = Exhibit(
    "shares-by-virtual-address",
    "The hypervisor is handed the address under which the guest sees a granule.",
    source: "pKVM-IA, pull request 58", seenBy: ["private-memory-is-never-shared"],
    scope: .dynamic
  ) { machine in
    VirtualPorts(machine).system()
  }
}

private final class VirtualPorts: SharingPorts {
  override func share(_ address: UInt64) -> UInt64 { super.share(virtual(address)) }
  override func unshare(_ address: UInt64) -> UInt64 { super.unshare(virtual(address)) }

  /// The granule's virtual address, where the heap has physical memory of that number.
  private func virtual(_ address: UInt64) -> UInt64 {
    let virtual = machine.memory.virtualAddress(of: PhysicalAddress(address)).rawValue
    let granule = AddressRange(uncheckedStart: virtual, size: machine.configuration.granule)
    return machine.configuration.arena.contains(granule) ? virtual : address
  }
}
