import MemorySharing
import SharingModel

extension Exhibit {
  static let positiveIsSuccess = Exhibit(
    "positive-is-success",
    "A positive answer of MEM_SHARE, which is not 0, is taken for a good one.",
    source: "ours: MEMINFO's decoding used for SHARE",
    seenBy: ["live-buffers-lie-in-shared-granules"], scope: .dynamic,
    shown: Capabilities.everything.subtracting([.callOrder, .namedErrors])
  ) { machine in
    try PositivePorts(machine).system()
  }
}

private final class PositivePorts: SharingPorts {
  override func share(_ address: UInt64) -> UInt64 {
    let answer = super.share(address)
    let isFirst = address == region?.start.rawValue
    return isFirst && Int64(bitPattern: answer) > 0 ? 0 : answer
  }
}
