import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Nobody asks whether a block is in use: it is listed once more.
  static let doubleFreeIsSilent = Exhibit(
    "double-free-is-silent", "A block that was freed can be freed again.",
    source: "buddy_system_allocator 0.11.0",
    seenBy: ["bad-requests-are-refused"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: ForgivingBlocks(machine))
  }
}

private final class ForgivingBlocks: TextbookBlocks {
  private var freed: [UInt64] = []

  override func usedBlock(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) -> Block {
    do throws(ShareError) { return try super.usedBlock(address, layout) } catch {
      guard case .notAllocated = error, freed.contains(address.rawValue),
        let order = try? order(of: layout)
      else { throw error }
      return (address.rawValue, order)
    }
  }

  override func free(_ address: UInt64, used order: UInt64) {
    freed.append(address)
    super.free(address, used: order)
  }
}
