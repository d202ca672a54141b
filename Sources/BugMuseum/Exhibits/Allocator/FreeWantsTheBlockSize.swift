import MemorySharing
import SharingHarness

extension Exhibit {
  static let freeWantsTheBlockSize = Exhibit(
    "free-wants-the-block-size",
    "A buffer is freed only by the size of the block that serves it, not by the one asked for.",
    source: "ours: the caller knows no blocks", seenBy: ["good-requests-are-served"],
    shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: StrictBlocks(machine))
  }
}

private final class StrictBlocks: CoreBlocks {
  override func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try super.check(address, layout)
    let isBlock = layout.size >= minimumBlock && layout.size.nonzeroBitCount == 1
    guard isBlock else { throw .allocatedWithAnotherLayout(address) }
    try super.deallocate(address, layout)
  }
}
