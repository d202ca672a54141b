import SharingHarness

extension Exhibit {
  /// Only the last split of an allocation lists what it leaves.
  static let blockMissingWhileSplitting = Exhibit(
    "block-missing-while-splitting",
    "The upper half of a block is not listed while the lower half is split again.",
    source: "Zephyr #11022, #15154",
    seenBy: ["frames-are-conserved"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: HastyBlocks(machine))
  }
}

private final class HastyBlocks: TextbookBlocks {
  override func split(_ address: UInt64, from order: UInt64, to wanted: UInt64) {
    super.split(address, from: min(order, wanted + 1), to: wanted)
  }
}
