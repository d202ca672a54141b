extension ShrinkContext {
  /// Finds a low value for which `attempt` succeeds, starting from one that is known to fail.
  ///
  /// Small values are tried one by one. For larger ones 0 and 1 come first, then the value at which
  /// another number ended, then the length in bits is bisected, then comes the number just above
  /// the power of two below (where most limits are), then one less; only if that is a success the
  /// rest is searched. If what fails has gaps, the result need not be the lowest.
  ///
  /// - Parameter carefully: whether to give up if neither half nor one less will do, because little
  ///   hope is. So it is where a number ended before.
  mutating func descend(
    from value: UInt64, carefully: Bool = false,
    _ attempt: (inout ShrinkContext, UInt64) -> Bool
  ) {
    if value <= 4 {
      for candidate in 0..<value where attempt(&self, candidate) { return }
      return
    }
    let carefully = carefully || value == landing
    if attempt(&self, 0) || (!carefully && attempt(&self, 1)) { return }
    var gap = Gap(low: carefully ? 0 : 1, high: value)
    if carefully {
      guard let next = [value / 2, value - 1].first(where: { attempt(&self, $0) }) else { return }
      gap.high = next
    } else if let landing, gap.contains(landing), attempt(&self, landing) {
      if !attempt(&self, landing - 1) { return }
      gap.high = landing - 1
    }
    narrow(&gap, attempt)
    landing = gap.high
  }

  /// Values between one that passes and one that fails.
  private struct Gap {
    var low: UInt64
    var high: UInt64

    func contains(_ value: UInt64) -> Bool { low < value && value < high }
  }

  private mutating func narrow(
    _ gap: inout Gap, _ attempt: (inout ShrinkContext, UInt64) -> Bool
  ) {
    func isFailing(_ context: inout ShrinkContext, _ value: UInt64) -> Bool {
      let fails = attempt(&context, value)
      if fails { gap.high = value } else { gap.low = value }
      return fails
    }
    var bits = (low: gap.low == 0 ? -1 : 0, high: 64 - (gap.high - 1).leadingZeroBitCount)
    while bits.high - bits.low > 1 {
      let middle = (bits.low + bits.high) / 2
      if isFailing(&self, 1 << UInt64(middle)) { bits.high = middle } else { bits.low = middle }
    }
    if gap.high - gap.low > 1, isFailing(&self, gap.low + 1) { return }
    guard gap.high - gap.low > 1, attempt(&self, gap.high - 1) else { return }
    gap.high -= 1
    // The limit may be as near to the upper end as to the lower one: bisect the length of the way.
    let top = gap.high
    var way = (short: -1, long: 64 - (top - gap.low).leadingZeroBitCount)
    while way.long - way.short > 1 {
      let middle = (way.short + way.long) / 2
      let step: UInt64 = 1 << UInt64(middle)
      if step < top - gap.low, isFailing(&self, top - step) {
        way.short = middle
      } else {
        way.long = middle
      }
    }
    while gap.high - gap.low > 1 {
      _ = isFailing(&self, gap.low + (gap.high - gap.low) / 2)
    }
  }
}
