import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// A block may be as large as the lowest set bit of its frame's number, and 0 has none.
  static let startAtZeroIsCapped = Exhibit(
    "start-at-zero-is-capped",
    "The block that begins at frame 0 is taken to be at most 32 frames large.",
    source: "buddy_system_allocator 0.11.0, add_frame",
    seenBy: ["allocation-succeeds-when-it-can"],
    shown: .unmetered.subtracting([.freeBlocks, .placement, .pooling])
  ) { machine in
    try CoreSystem(machine, poolBlocks: CappedBlocks(machine))
  }
}

/// No pool gets a range at address 0, so this one counts its frames from the start of its window.
private final class CappedBlocks: TextbookBlocks {
  private var frameZero: UInt64 = 0

  override func manage(_ window: AddressRange) throws(ShareError) {
    try super.manage(window)
    frameZero = (window.start.rawValue + minimumBlock - 1) & ~(minimumBlock - 1)
  }

  override func takeOver(_ address: UInt64, _ order: UInt64) {
    guard address == frameZero, order > 5 else { return super.takeOver(address, order) }
    list(address, 5)
    split(address, from: order, to: 5)
  }
}
