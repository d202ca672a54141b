import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  static let sharesOutsideTheBook = Exhibit(
    "shares-outside-the-book",
    "A refill shares the granule after its region too, which no record of a region holds.",
    source: "jkrh/kvms, pull request 51", seenBy: ["private-memory-is-never-shared"],
    scope: .dynamic
  ) { machine in
    try GenerousPorts(machine).system()
  }
}

private final class GenerousPorts: SharingPorts {
  override func share(_ address: UInt64) -> UInt64 {
    let answer = super.share(address)
    let next = address + machine.configuration.granule
    let granule = AddressRange(uncheckedStart: next, size: machine.configuration.granule)
    if answer == 0, next == region?.end.rawValue, machine.configuration.arena.contains(granule),
      !machine.adversary.canReach(PhysicalAddress(next))
    {
      hypercall(.memShare, next)
    }
    return answer
  }
}
