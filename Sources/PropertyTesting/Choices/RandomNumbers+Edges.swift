extension RandomNumbers {
  /// A number of at most `maximum` that likes to stand on an edge.
  ///
  /// One in sixteen is uniform, one is at the upper end or before it, two are below 8. The others
  /// are a power of two or a multiple of `unit` (of its first four mostly), each as it is, one less
  /// or one more: that is where rounding, splitting and overflow checks go wrong. Powers are drawn
  /// by exponent, so that small ones are as likely as large ones.
  @inlinable
  public mutating func edgeBiased(upTo maximum: UInt64, unit: UInt64 = 1) -> UInt64 {
    switch next(below: 8) {
    case 0:
      // Half of these are the upper end and what lies before it.
      guard chance(1, outOf: 2) else { return next(below: maximum &+ 1) }
      return maximum - min(maximum, next(below: 2))
    case 1:
      return min(maximum, next(below: 8))
    case 2, 3, 4, 5:
      return besideEdge(powerOfTwo(upTo: maximum), upTo: maximum)
    default:
      return besideEdge(multiple(of: unit, upTo: maximum), upTo: maximum)
    }
  }

  /// A power of two of at most `maximum`, each exponent as likely as the others; 0 if there is
  /// none.
  @inlinable
  public mutating func powerOfTwo(upTo maximum: UInt64) -> UInt64 {
    guard maximum > 0 else { return 0 }
    return 1 &<< next(below: UInt64(64 - maximum.leadingZeroBitCount))
  }

  /// A multiple of `unit` of at most `maximum`, one of the first four in three of four cases.
  @inlinable
  public mutating func multiple(of unit: UInt64, upTo maximum: UInt64) -> UInt64 {
    precondition(unit > 0, "a unit is at least 1")
    let most = maximum / unit
    guard most > 0 else { return 0 }
    let near = chance(3, outOf: 4) ? min(most, 4) : most
    return unit &* (1 &+ next(below: near))
  }

  /// The edge itself in half of the cases, otherwise its neighbour below or above, kept in range.
  @inlinable
  mutating func besideEdge(_ edge: UInt64, upTo maximum: UInt64) -> UInt64 {
    switch next(below: 4) {
    case 0: edge == 0 ? 0 : edge - 1
    case 1: edge < maximum ? edge + 1 : edge
    default: edge
    }
  }
}
