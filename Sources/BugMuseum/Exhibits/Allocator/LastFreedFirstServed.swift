import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Lists are stacks, so two histories that leave the same blocks free are served differently.
  static let lastFreedFirstServed = Exhibit(
    "last-freed-first-served", "The block that was listed last is handed out first.",
    source: "buddy_system_allocator 0.11.0, Heap",
    seenBy: ["placement-is-a-function-of-the-free-set"],
    shown: .unmetered.subtracting(.freeBlocks)
  ) { machine in
    try CoreSystem(machine, poolBlocks: StackedBlocks(machine))
  }
}

private final class StackedBlocks: TextbookBlocks {
  override func list(_ address: UInt64, _ order: UInt64) {
    free[Int(order)].insert(address, at: 0)
  }
}
