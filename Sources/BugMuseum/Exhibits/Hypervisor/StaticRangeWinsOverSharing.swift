import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let staticRangeWinsOverSharing = Exhibit(
    "static-range-wins-over-sharing",
    "A range from the device tree is in the pool where memory has to be shared on demand.",
    source: "AOSP pvmfw, a variant of tracker.rs of 2025",
    seenBy: ["live-buffers-lie-in-shared-granules"], scope: .dynamic,
    shown: Capabilities.unmetered.subtracting(.freeBlocks)
  ) { machine in
    try CoreSystem(machine, poolBlocks: RangedBlocks(machine))
  }
}

private final class RangedBlocks: TextbookBlocks {
  private let range: AddressRange

  override init(_ machine: Machine) {
    range = machine.configuration.staticRange
    super.init(machine)
  }

  override func manage(_ window: AddressRange) throws(ShareError) {
    try super.manage(window)
    // A range without a whole block is left out.
    try? add(range)
  }
}
