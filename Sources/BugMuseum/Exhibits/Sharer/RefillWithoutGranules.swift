import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// An older pKVM rounds such an address down without a word, and shares what lies before it.
  static let refillWithoutGranules = Exhibit(
    "refill-without-granules",
    "A refill asks for a region aligned to the request, which may begin inside a granule.",
    source: "ours; what an older pKVM rounds down and a newer one refuses",
    seenBy: ["hypercalls-are-granule-aligned"], scope: .dynamic, shown: .unmetered
  ) { machine in
    CoreSystem(machine, poolBlocks: UngranularBlocks(machine))
  }
}

private final class UngranularBlocks: CoreBlocks {
  override func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    let region = try super.region(toServe: layout, granule: granule)
    return try Layout(size: region.size, alignment: layout.alignment)
  }
}
