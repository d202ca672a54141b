import MemorySharing
import SharingModel

extension Exhibit {
  static let triesAFailedUnshareAgain = Exhibit(
    "tries-a-failed-unshare-again",
    "At teardown an UNSHARE that failed is made a second time, though it may have taken effect.",
    source: "ours: a retry loop around a call that is not idempotent",
    seenBy: ["calls-follow-the-protocol"], scope: .dynamic, shown: .everything
  ) { machine in
    try StubbornPorts(machine).system()
  }
}

private final class StubbornPorts: SharingPorts {
  override func unshare(_ address: UInt64) -> UInt64 {
    let answer = super.unshare(address)
    guard isTearingDown, answer != 0 else { return answer }
    // The second answer is not believed, so that nothing but the call itself is wrong.
    _ = super.unshare(address)
    return answer
  }
}
