import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  static let ignoresTheAnswer = Exhibit(
    "ignores-the-answer",
    "Nobody looks at the answer when the first granule of a region cannot be shared.",
    source: "pKVM-IA, pull request 66", seenBy: ["live-buffers-lie-in-shared-granules"],
    scope: .dynamic, shown: Capabilities.everything.subtracting([.callOrder, .namedErrors])
  ) { machine in
    try HeedlessPorts(machine).system()
  }
}

private final class HeedlessPorts: SharingPorts {
  override func share(_ address: UInt64) -> UInt64 {
    let answer = super.share(address)
    let isFirst = address == region?.start.rawValue
    return isFirst && !machine.adversary.canReach(PhysicalAddress(address)) ? 0 : answer
  }
}
