import MemorySharing
import SharingHarness

/// Leaves blocks free that it has served, from a size on.
final class GenerousBlocks: CoreBlocks {
  private let least: UInt64

  init(_ machine: Machine, from least: UInt64) {
    self.least = least
    super.init(machine)
  }

  override func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let address = try super.allocate(layout)
    let block = max(layout.size, layout.alignment, minimumBlock)
    // A block is a power of two, so it has `least` bytes where more than half of them are asked
    // for.
    if block > least / 2 { try super.deallocate(address, layout) }
    return address
  }
}
