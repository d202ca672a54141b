import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Firmware lists a range in two parts; the buddies on both sides of the seam never meet.
  static let doesNotCoalesceOnAdd = Exhibit(
    "does-not-coalesce-on-add", "Ranges that are added one after the other never merge.",
    source: "buddy_system_allocator 0.11.0, #50",
    seenBy: ["free-buddies-are-merged"], scope: .fixed, shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: SeamedBlocks(machine))
  }
}

private final class SeamedBlocks: TextbookBlocks {
  override func add(_ range: AddressRange) throws(ShareError) {
    let start = range.start.rawValue
    let middle = (start + range.size / 2) & ~(minimumBlock - 1)
    guard middle > start else { return try super.add(range) }
    try super.add(AddressRange(start: range.start, size: middle - start))
    let upper = range.end.rawValue - middle
    try super.add(AddressRange(start: PhysicalAddress(middle), size: upper))
  }

  override func takeOver(_ address: UInt64, _ order: UInt64) { list(address, order) }
}
