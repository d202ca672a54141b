import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// What an alignment costs beyond the size is lost with each free.
  static let paddingNeverReturns = Exhibit(
    "padding-never-returns", "A free gives back what the size asked for, and not the alignment.",
    source: "linked-list-allocator #66",
    seenBy: ["frames-are-conserved"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: LeanBlocks(machine))
  }
}

private final class LeanBlocks: TextbookBlocks {
  override func usedBlock(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) -> Block {
    let block = try super.usedBlock(address, layout)
    return (block.address, try order(of: Layout(size: layout.size, alignment: 1)))
  }
}
