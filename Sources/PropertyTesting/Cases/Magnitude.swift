/// A number as four bytes hold it: a mantissa of 24 bits, shifted, and then a small step aside.
///
/// From the low end of the word: 24 bits mantissa, 6 bits exponent, 2 bits step (0, +1, −1, −2).
/// A small number is therefore its own little-endian encoding, and 2ᵏ, 2ᵏ ± 1 and both ends of
/// `UInt64` are one word away, where a fuzzer finds them.
public struct Magnitude: Equatable, Sendable {
  /// The four bytes, as a number.
  public let word: UInt32

  /// Every word is a magnitude.
  @inlinable
  public init(word: UInt32) {
    self.word = word
  }

  /// The number it stands for.
  public var value: UInt64 {
    let mantissa = UInt64(word & 0xff_ffff)
    let exponent = UInt64((word >> 24) & 63)
    return (mantissa &<< exponent) &+ Self.step(word >> 30)
  }

  /// The first magnitude that stands for `value` (least step, then least exponent), if there is
  /// one.
  public init?(exactly value: UInt64) {
    for code: UInt32 in 0..<4 {
      let base = value &- Self.step(code)
      let exponent = Self.exponent(of: base)
      if base.trailingZeroBitCount >= exponent {
        self.init(base >> UInt64(exponent), exponent, code)
        return
      }
    }
    return nil
  }

  /// The greatest magnitude without a step that is at most `value`.
  public init(roundingDown value: UInt64) {
    let exponent = Self.exponent(of: value)
    self.init(value >> UInt64(exponent), exponent, 0)
  }

  private init(_ mantissa: UInt64, _ exponent: Int, _ code: UInt32) {
    word = UInt32(truncatingIfNeeded: mantissa) | UInt32(exponent) << 24 | code << 30
  }

  /// The least exponent that leaves 24 bits at most.
  private static func exponent(of value: UInt64) -> Int {
    max(0, 40 - value.leadingZeroBitCount)
  }

  private static func step(_ code: UInt32) -> UInt64 {
    switch code {
    case 0: 0
    case 1: 1
    case 2: 0 &- 1
    default: 0 &- 2
    }
  }
}
