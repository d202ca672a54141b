import MemorySharing
import SharingHarness

extension Exhibit {
  /// Two free buddies of the top order become a block of an order that does not exist.
  static let mergesPastTheTopOrder = Exhibit(
    "merges-past-the-top-order",
    "Two free blocks of the top order merge once more, into a block that nobody can find again.",
    source: "buddy_system_allocator 0.11.0, frame.rs; its Heap was fixed by a51e890",
    seenBy: ["frames-are-conserved"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: OvermergingBlocks(machine))
  }
}

private final class OvermergingBlocks: TextbookBlocks {
  override func free(_ address: UInt64, used order: UInt64) {
    insert(address, order)
    let top = size(topOrder)
    let block = address & ~(top - 1)
    if free[Int(topOrder)].contains(block), remove(block ^ top, topOrder) {
      _ = remove(block, topOrder)
    }
  }
}
