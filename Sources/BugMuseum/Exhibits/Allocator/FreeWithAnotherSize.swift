import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// The allocator keeps no sizes, and believes the caller's.
  static let freeWithAnotherSize = Exhibit(
    "free-with-another-size",
    "A free gives back as much as its caller says, and the neighbours with it.",
    source: "buddy_system_allocator 0.11.0",
    seenBy: ["bad-requests-are-refused"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: BelievingBlocks(machine))
  }
}

private final class BelievingBlocks: TextbookBlocks {
  override func usedBlock(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) -> Block {
    do throws(ShareError) { return try super.usedBlock(address, layout) } catch {
      guard case .allocatedWithAnotherLayout = error, let order = try? order(of: layout) else {
        throw error
      }
      return (address.rawValue, order)
    }
  }
}
