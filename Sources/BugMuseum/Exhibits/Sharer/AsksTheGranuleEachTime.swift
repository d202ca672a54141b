import MemorySharing
import SharingModel

extension Exhibit {
  static let asksTheGranuleEachTime = Exhibit(
    "asks-the-granule-each-time", "The granule is asked of the hypervisor with every SHARE.",
    source: "AOSP pvmfw before 'Improve memory sharing with the host'",
    seenBy: ["granule-is-asked-once"], scope: .dynamic
  ) { machine in
    try AskingPorts(machine).system()
  }
}

private final class AskingPorts: SharingPorts {
  override func share(_ address: UInt64) -> UInt64 {
    hypercall(.memInfo)
    return super.share(address)
  }
}
