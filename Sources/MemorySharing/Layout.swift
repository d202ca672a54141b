/// What a caller asks of an allocator: a size and an alignment, both in bytes.
///
/// AOSP: `core::alloc::Layout`. Differs: a bad layout is a typed error, and a size of 0 is one.
public struct Layout: Equatable, Hashable, Sendable {
  /// Bytes; never 0.
  public let size: UInt64
  /// A power of two.
  public let alignment: UInt64

  /// Checks the rules of a layout (spec §3.1, §3.7).
  ///
  /// - Throws: `sizeIsZero`, `alignmentIsNotAPowerOfTwo`.
  public init(size: UInt64, alignment: UInt64) throws(ShareError) {
    guard size != 0 else { throw .sizeIsZero }
    guard alignment.isPowerOfTwo else { throw .alignmentIsNotAPowerOfTwo(alignment) }
    self.size = size
    self.alignment = alignment
  }

  /// A layout whose rules the caller has already established.
  @usableFromInline
  package init(uncheckedSize size: UInt64, alignment: UInt64) {
    self.size = size
    self.alignment = alignment
  }
}

extension UInt64 {
  /// Whether exactly one bit is set.
  @usableFromInline
  package var isPowerOfTwo: Bool { self != 0 && self & (self &- 1) == 0 }

  /// The exponent of the smallest power of two that is no less than this value, without a loop;
  /// 64 when that power needs more than 64 bits. 0 and 1 give 0.
  @usableFromInline
  package var ceilingLog2: UInt64 {
    self <= 1 ? 0 : UInt64(truncatingIfNeeded: 64 &- (self &- 1).leadingZeroBitCount)
  }

  /// This value rounded down to a multiple of `alignment`, a power of two.
  @usableFromInline
  package func roundedDown(to alignment: UInt64) -> UInt64 { self & ~(alignment &- 1) }

  /// This value rounded up to a multiple of `alignment`, a power of two; nil when it does not fit.
  @usableFromInline
  package func roundedUp(to alignment: UInt64) -> UInt64? {
    let (sum, overflow) = addingReportingOverflow(alignment &- 1)
    return overflow ? nil : sum.roundedDown(to: alignment)
  }
}
