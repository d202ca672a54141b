import SharingModel

extension Model {
  /// The coarse states that a fuzzer climbs: which orders have free blocks, how many regions and
  /// buffers there are, how far a block merged, what is quarantined. Each by itself, for a fuzzer
  /// keeps an input for every one that is new, and together they are seldom old.
  public func forEachFuzzFeature(_ body: (UInt64) -> Void) {
    func say(_ kind: UInt64, _ values: Int...) {
      body(values.reduce(kind << 8 | UInt64(backing.rawValue)) { $0 << 8 | UInt64(min($1, 255)) })
    }
    var orders: UInt64 = 0
    for block in observation.poolFree ?? [] { orders |= 1 << min(block.order, 63) }
    say(1, orders.trailingZeroBitCount, 64 - orders.leadingZeroBitCount)
    say(2, orders.nonzeroBitCount)
    say(3, min(regions.count, 7), state == .open ? 1 : state == .closed ? 2 : 3)
    say(4, min(live.count, 15))
    say(5, min(quarantined.ranges.count, 3), min(mmio.ranges.count, 3))
    if !record.merges.isEmpty { say(6, record.merges.lowerBound, record.merges.upperBound) }
    if !record.regionsTaken.isEmpty { say(7, min(record.granulesShared, 15)) }
  }
}
