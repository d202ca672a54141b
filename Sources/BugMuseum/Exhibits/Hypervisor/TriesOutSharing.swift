import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Elsewhere the answer is -3. Upstream's protected KVM has its host look for the memory, again
  /// and again.
  static let triesOutSharing = Exhibit(
    "tries-out-sharing", "Whether SHARE is there is tried out on address 0 before a granule.",
    source: "ours, what Linux 7.2 does", seenBy: ["hypercalls-are-answered"],
    backends: [.pkvmLinux]
  ) { machine in
    try TryingPorts(machine).system()
  }
}

private final class TryingPorts: SharingPorts {
  override func share(_ address: UInt64) -> UInt64 {
    hypercall(.memShare)
    return super.share(address)
  }
}
