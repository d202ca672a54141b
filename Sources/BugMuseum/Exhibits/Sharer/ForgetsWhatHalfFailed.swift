import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let forgetsWhatHalfFailed = Exhibit(
    "forgets-what-half-failed",
    "When a granule cannot be shared, those before it stay shared, and the heap gets them back.",
    source: "AOSP pvmfw, open as a panic: MemorySharer::refill",
    seenBy: ["private-memory-is-never-shared"], scope: .dynamic
  ) { machine in
    try ForgetfulPorts(machine).system()
  }
}

private final class ForgetfulPorts: SharingPorts {
  private var granulesShared = 0
  private var hasHalfFailed = false

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    granulesShared = 0
    hasHalfFailed = false
    return try super.allocateZeroed(layout)
  }

  override func share(_ address: UInt64) -> UInt64 {
    let answer = super.share(address)
    if answer == 0 { granulesShared += 1 } else { hasHalfFailed = granulesShared > 0 }
    return answer
  }

  override func unshare(_ address: UInt64) -> UInt64 {
    hasHalfFailed ? 0 : super.unshare(address)
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    hasHalfFailed = false
    try super.deallocate(address, layout)
  }
}
