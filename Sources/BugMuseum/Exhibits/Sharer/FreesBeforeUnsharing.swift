import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let freesBeforeUnsharing = Exhibit(
    "frees-before-unsharing",
    "At teardown a region is back in the heap before its granules are unshared.",
    source: "ours: two steps in the wrong order", seenBy: ["private-memory-is-never-shared"],
    scope: .dynamic
  ) { machine in
    try HastyPorts(machine).system()
  }
}

private final class HastyPorts: SharingPorts {
  private var delayed: [UInt64] = []

  override func unshare(_ address: UInt64) -> UInt64 {
    guard isTearingDown else { return super.unshare(address) }
    delayed.append(address)
    return 0
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try super.deallocate(address, layout)
    for granule in delayed { hypercall(.memUnshare, granule) }
    delayed.removeAll()
  }
}
