import SharingHarness

extension Exhibit {
  /// The parts of a merged block stay free beside the whole.
  static let insertsBeforeMerging = Exhibit(
    "inserts-before-merging",
    "A freed block stays listed at every order it climbs through: its bytes are free several "
      + "times.",
    source: "buddy_system_allocator #8; fixed by 6a89f48",
    seenBy: ["frames-are-conserved"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: EagerBlocks(machine))
  }
}

private final class EagerBlocks: TextbookBlocks {
  override func free(_ address: UInt64, used order: UInt64) {
    var (address, order) = (address, order)
    list(address, order)
    // The buddy leaves its list; the block itself stays in its own.
    while order < topOrder, remove(address ^ size(order), order) {
      address &= ~size(order)
      order += 1
      list(address, order)
    }
  }
}
