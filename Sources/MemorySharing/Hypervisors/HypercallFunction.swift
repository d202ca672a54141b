/// The vendor calls that this core makes, by their SMCCC function id (spec §5).
public enum HypercallFunction: UInt32, Equatable, Sendable {
  case vendorUID = 0x8600_FF01
  case features = 0x8600_0000
  case memInfo = 0xC600_0002
  case memShare = 0xC600_0003
  case memUnshare = 0xC600_0004
  case mmioGuardInfo = 0xC600_0005
  case mmioGuardEnroll = 0xC600_0006
  case mmioGuardMap = 0xC600_0007
  case mmioGuardUnmap = 0xC600_0008
}

extension HypercallRegisters {
  /// The registers before a call: x0 the function id, x1 the address or 0, x2 and x3 always 0.
  ///
  /// Hypervisors that know no number of granules refuse a call whose x2 or x3 is not 0, and the
  /// others take 0 for one granule.
  @inlinable
  public init(calling function: HypercallFunction, at address: UInt64 = 0) {
    self.init(UInt64(function.rawValue), address, 0, 0)
  }
}
