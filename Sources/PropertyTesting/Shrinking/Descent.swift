extension ShrinkContext {
  /// Finds a low value for which `attempt` succeeds, starting from one that is known to fail.
  ///
  /// Small values are tried one by one. For larger ones 0 comes first, then the length in bits is
  /// bisected, then the number just above the power of two below (where most limits are), then the
  /// rest is bisected. If what fails has gaps, the result need not be the lowest.
  mutating func descend(
    from value: UInt64, _ attempt: (inout ShrinkContext, UInt64) -> Bool
  ) {
    if value <= 4 {
      for candidate in 0..<value where attempt(&self, candidate) { return }
      return
    }
    if attempt(&self, 0) { return }
    var (low, high) = (UInt64(0), value)
    var bits = (low: -1, high: 64 - (value - 1).leadingZeroBitCount)
    while bits.high - bits.low > 1 {
      let middle = (bits.low + bits.high) / 2
      if attempt(&self, 1 << UInt64(middle)) {
        bits.high = middle
        high = 1 << UInt64(middle)
      } else {
        bits.low = middle
        low = 1 << UInt64(middle)
      }
    }
    if high - low > 1 {
      if attempt(&self, low + 1) { return }
      low += 1
    }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if attempt(&self, middle) { high = middle } else { low = middle }
    }
  }
}
