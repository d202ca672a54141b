import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Hidden while the heap is a buddy heap, which aligns better than it is asked to.
  static let refillWithoutAlignment = Exhibit(
    "refill-without-alignment",
    "A refill asks for a region aligned to the granule; the allocator wants it aligned to its "
      + "size.",
    source: "AOSP pvmfw, open: MemorySharer::refill", seenBy: ["refill-is-sufficient"],
    scope: .dynamic, shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: UnalignedBlocks(machine))
  }
}

private final class UnalignedBlocks: CoreBlocks {
  override func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    let region = try super.region(toServe: layout, granule: granule)
    return try Layout(size: region.size, alignment: granule.bytes)
  }
}
