import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// An older pKVM rounds such an address down without a word, and shares what lies before it.
  static let refillWithoutGranules = Exhibit(
    "refill-without-granules",
    "A refill of one granule is aligned as the request is, and may begin inside a granule.",
    source: "ours; what an older pKVM rounds down and a newer one refuses",
    seenBy: ["hypercalls-are-granule-aligned"], scope: .dynamic, shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: UngranularBlocks(machine))
  }
}

private final class UngranularBlocks: CoreBlocks {
  override func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    let region = try super.region(toServe: layout, granule: granule)
    guard region.size == granule.bytes else { return region }
    return try Layout(size: region.size, alignment: layout.alignment)
  }
}
