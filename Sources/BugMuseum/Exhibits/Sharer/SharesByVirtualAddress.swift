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
    try VirtualPorts(machine).system()
  }
}

private final class VirtualPorts: SharingPorts {
  /// The virtual address that was shared for each granule.
  private var shared: [UInt64: UInt64] = [:]

  override func share(_ address: UInt64) -> UInt64 {
    let virtual = virtual(address)
    shared[address] = virtual
    return super.share(virtual)
  }

  override func unshare(_ address: UInt64) -> UInt64 { super.unshare(shared[address] ?? address) }

  /// The granule's virtual address, where the heap has a private granule of that number.
  private func virtual(_ address: UInt64) -> UInt64 {
    let virtual = machine.memory.virtualAddress(of: PhysicalAddress(address)).rawValue
    let granule = AddressRange(uncheckedStart: virtual, size: machine.configuration.granule)
    let isShared =
      machine.adversary.canReach(granule.start) || region?.overlaps(granule) == true
    let isGranule = virtual % machine.configuration.granule == 0
    return isGranule && machine.configuration.arena.contains(granule) && !isShared
      ? virtual : address
  }
}
