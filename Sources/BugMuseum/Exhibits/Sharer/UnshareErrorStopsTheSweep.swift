import MemorySharing
import SharingModel

extension Exhibit {
  static let unshareErrorStopsTheSweep = Exhibit(
    "unshare-error-stops-the-sweep",
    "A granule that cannot be unshared at teardown leaves all later ones shared.",
    source: "AOSP pvmfw, open as a panic: MemorySharer::drop",
    seenBy: ["nothing-is-shared-after-teardown"], scope: .dynamic
  ) { machine in
    try DiscouragedPorts(machine).system()
  }
}

private final class DiscouragedPorts: SharingPorts {
  private var hasStopped = false

  override func unshare(_ address: UInt64) -> UInt64 {
    if hasStopped { return UInt64(bitPattern: HypercallAnswer.invalidParameter) }
    let answer = super.unshare(address)
    hasStopped = isTearingDown && answer != 0
    return answer
  }
}
