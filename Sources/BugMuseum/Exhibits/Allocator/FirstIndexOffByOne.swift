import MemorySharing
import SharingModel

extension Exhibit {
  /// Where blocks begin is rounded one way for those inside the range and another for its edge.
  static let firstIndexOffByOne = Exhibit(
    "first-index-off-by-one",
    "The first block of a range is listed twice, if the range is not a power of two.",
    source: "xv6-riscv #13",
    seenBy: ["live-buffers-are-disjoint"], scope: .fixed, shown: .unmetered.subtracting(.freeBlocks)
  ) { machine in
    try Wrapped(coreOn: machine, doublyServedBy: EdgedBlocks(machine))
  }
}

private final class EdgedBlocks: TextbookBlocks {
  override func add(_ range: AddressRange) throws(ShareError) {
    try super.add(range)
    guard range.size.nonzeroBitCount != 1,
      let order = free.firstIndex(where: { $0.first == range.start.rawValue })
    else { return }
    list(range.start.rawValue, UInt64(order))
  }
}
