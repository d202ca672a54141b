import MemorySharing
import SharingModel

extension Exhibit {
  /// Firmware that lists a range twice gets each of its blocks twice.
  static let rangeAddedTwice = Exhibit(
    "range-added-twice", "A range that is there already is accepted again.",
    source: "buddy_system_allocator 0.11.0",
    seenBy: ["live-buffers-are-disjoint"], shown: .unmetered.subtracting([.freeBlocks, .placement])
  ) { machine in
    try Wrapped(coreOn: machine, doublyServedBy: UnsuspectingBlocks(machine))
  }
}

private final class UnsuspectingBlocks: TextbookBlocks {
  override func add(_ range: AddressRange) throws(ShareError) {
    try super.add(range)
    added.removeAll()
    try super.add(range)
  }
}
