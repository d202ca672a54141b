/// What a KVM says it has: the answer of FEATURES, in which bit n stands for its vendor call n.
///
/// Source: Linux `include/linux/arm-smccc.h`, `ARM_SMCCC_KVM_FUNC_*`. AOSP: none; its
/// `hyp::get_hypervisor` asks for the MMIO guard alone.
public struct KVMFeatures: Equatable, Sendable {
  public let word: UInt32

  /// Decodes the answer, which has 32 bits, whatever lies above them.
  @inlinable
  public init(answered x0: UInt64) { word = UInt32(truncatingIfNeeded: x0) }

  /// Whether a KVM without an MMIO guard shares memory; nil where the answer contradicts itself.
  ///
  /// Without FEATURES (-1) it has none of them. One that answers has the bit of FEATURES, those of
  /// MEMINFO, SHARE and UNSHARE all or none, and none of the guard.
  @inlinable
  public var sharesUnguarded: Bool? {
    if word == .max { return false }
    guard word & Self.bit(.features) != 0, word & Self.guarding == 0 else { return nil }
    let found = word & Self.sharing
    return found == 0 ? false : found == Self.sharing ? true : nil
  }

  @inlinable
  static var sharing: UInt32 { bit(.memInfo) | bit(.memShare) | bit(.memUnshare) }

  @inlinable
  static var guarding: UInt32 {
    bit(.mmioGuardInfo) | bit(.mmioGuardEnroll) | bit(.mmioGuardMap) | bit(.mmioGuardUnmap)
  }

  /// The bit of one of KVM's calls, by its number below 32.
  @inlinable
  static func bit(_ function: HypercallFunction) -> UInt32 { 1 &<< (function.rawValue & 31) }
}
