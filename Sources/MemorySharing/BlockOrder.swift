/// The logarithm of a block's size in minimum blocks.
package struct BlockOrder: Equatable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// The order of the block that serves a layout: `max(nextPowerOfTwo(size), alignment, minimum)`
  /// in minimum blocks of `1 << minimumShift` bytes (spec §3.1). Loop-free; at most 64, and 64 less
  /// the shift or more means that the block's size does not fit in 64 bits.
  package init(fitting layout: Layout, minimumShift: UInt64) {
    let sizeShift = layout.size.ceilingLog2
    let alignmentShift = UInt64(truncatingIfNeeded: layout.alignment.trailingZeroBitCount)
    let shift = sizeShift > alignmentShift ? sizeShift : alignmentShift
    self.rawValue = shift > minimumShift ? shift &- minimumShift : 0
  }
}
