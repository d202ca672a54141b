import SharingModel

extension Model {
  /// The coarse states for a fuzzer to climb: which orders have free blocks, how many regions and
  /// buffers there are, how far a free merged, what is quarantined. Each by itself, for they are seldom new
  /// together.
  public func forEachLandmark(_ body: (UInt64) -> Void) {
    func say(_ kind: UInt64, _ value: UInt64) {
      body((kind << 8 | UInt64(backing.rawValue)) << 32 ^ value)
    }
    var orders: UInt64 = 0
    for block in observation.poolFree ?? [] { orders |= 1 << min(block.order, 63) }
    say(1, orders)
    let most = { (count: Int) in UInt64(min(count, 7)) }
    say(
      2, most(regions.count) << 8 | most(quarantined.ranges.count) << 4 | (state == .open ? 1 : 0))
    say(3, most(live.count) << 4 | most(mmio.ranges.count))
    if !record.merges.isEmpty {
      say(4, UInt64(record.merges.lowerBound) << 8 | UInt64(record.merges.upperBound))
    }
    if !record.regionsTaken.isEmpty { say(5, UInt64(min(record.granulesShared, 15))) }
  }
}
