import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let keepsTheFirstRegion = Exhibit(
    "keeps-the-first-region",
    "Teardown does not give the region back that was taken first.",
    source: "ours: a loop that ends at index 1", seenBy: ["the-heap-is-whole-after-teardown"],
    scope: [.dynamic, .heap]
  ) { machine in
    try GreedyPorts(machine).system()
  }
}

private final class GreedyPorts: SharingPorts {
  private var first: PhysicalAddress?

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let start = try super.allocateZeroed(layout)
    if first == nil { first = start }
    return start
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if isTearingDown, address == first { return }
    try super.deallocate(address, layout)
    if address == first { first = nil }
  }
}
