/// What x0 says after a call: a pure function of its 64 bits, without a loop.
///
/// Every initialiser covers all inputs, none traps. Source: SMCCC and spec §5; AOSP: the `smccc`
/// crate's `success_or_error_64`, `success_or_error_32` and `positive_or_error_64`.
public enum HypercallAnswer: Equatable, Sendable {
  /// The call succeeded; the value is 0 where the call answers none.
  case success(UInt64)
  /// The call failed with this answer, sign extended.
  case failure(Int64)

  /// -1: the hypervisor has no such call.
  public static var notSupported: Int64 { -1 }
  /// -2: the call has nothing to do here (GenieZone).
  public static var notRequired: Int64 { -2 }
  /// -3: the hypervisor refuses these arguments, or this state of the page.
  public static var invalidParameter: Int64 { -3 }

  /// Decodes a call that answers 0 or an error, in 64 bits; a positive answer is an error.
  @inlinable
  public init(zeroOrError x0: UInt64) {
    self = x0 == 0 ? .success(0) : .failure(Int64(bitPattern: x0))
  }

  /// Decodes a call that answers 0 or an error in the lower 32 bits, the upper ones being garbage.
  @inlinable
  public init(zeroOrErrorInLowerWord x0: UInt64) {
    let word = Int32(truncatingIfNeeded: x0)
    self = word == 0 ? .success(0) : .failure(Int64(word))
  }

  /// Decodes MMIO_GUARD_UNMAP as Android 13 answers it: in 32 bits, -1 being a success too.
  @inlinable
  public init(android13Unmap x0: UInt64) {
    let word = Int32(truncatingIfNeeded: x0)
    self = word == 0 || word == -1 ? .success(0) : .failure(Int64(word))
  }

  /// Decodes a call that answers a number of bytes or an error, in 64 bits.
  ///
  /// Only a negative answer is an error by itself. 0 comes out as a value, and whoever asked
  /// refuses it by the rule that its value must obey (a power of two, a multiple of 4096 above 0).
  @inlinable
  public init(positiveOrError x0: UInt64) {
    let signed = Int64(bitPattern: x0)
    self = signed < 0 ? .failure(signed) : .success(x0)
  }
}
