import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// The region is as large as the request, rounded to the granule; the allocator wants a power of
  /// two.
  static let refillWithoutRounding = Exhibit(
    "refill-without-rounding",
    "A refill takes what the request needs, rounded to the granule and not to a block.",
    source: "AOSP pvmfw at 'Improve memory sharing with the host'; fixed by df6bacc2 and 2a6b2171",
    seenBy: ["refill-is-sufficient"], scope: .dynamic, shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: UnroundedBlocks(machine))
  }
}

private final class UnroundedBlocks: CoreBlocks {
  override func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    let rounded = try super.region(toServe: layout, granule: granule)
    // Even that refill kept an alignment larger than the granule; and no region may be smaller
    // than the smallest block.
    let unit = max(granule.bytes, minimumBlock)
    let size = (layout.size + unit - 1) / unit * unit
    return try Layout(size: min(size, rounded.size), alignment: max(layout.alignment, unit))
  }
}
