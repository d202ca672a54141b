import SharingHarness
import SharingModel

extension Exhibit {
  /// Correct, and the slower the more blocks are free: a static page of the smallest top blocks has
  /// enough of them, which no program of some dozens of commands makes elsewhere.
  static let linearFree = Exhibit(
    "linear-free", "A free looks for the buddy all through the list of its order.",
    source: "buddy_system_allocator #11; fixed by #55",
    seenBy: ["work-is-bounded"], scope: .fixed
  ) { machine in
    try CoreSystem(machine, poolBlocks: ScanningBlocks(machine))
  }
}

private final class ScanningBlocks: TextbookBlocks {
  private var scanned: UInt64 = 0
  override var mostSteps: UInt64? { scanned }

  override func free(_ address: UInt64, used order: UInt64) {
    scanned = max(scanned, UInt64(free[Int(order)].count))
    super.free(address, used: order)
  }
}
