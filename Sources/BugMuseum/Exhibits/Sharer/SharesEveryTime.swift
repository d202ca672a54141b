import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let sharesEveryTime = Exhibit(
    "shares-every-time", "Every buffer gets a region of its own, although the pool has room.",
    source: "AOSP pvmfw before 'Improve memory sharing with the host'",
    seenBy: ["refill-only-on-miss"], scope: .dynamic, shown: .unmetered
  ) { machine in
    let blocks = WastefulBlocks(machine)
    let core = try CoreSystem(machine, poolBlocks: blocks)
    return Wrapped(core) { call, core in
      let outcome = core.perform(call)
      guard case .failed(.exhausted) = outcome else { return outcome }
      // The heap has no region left, so the pool must do.
      blocks.isWasteful = false
      defer { blocks.isWasteful = true }
      return core.perform(call)
    }
  }
}

private final class WastefulBlocks: CoreBlocks {
  var isWasteful = true
  private var isRefilled = false

  override func add(_ range: AddressRange) throws(ShareError) {
    try super.add(range)
    isRefilled = true
  }

  override func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard isRefilled || !isWasteful else { throw .exhausted(layout) }
    isRefilled = false
    return try super.allocate(layout)
  }
}
