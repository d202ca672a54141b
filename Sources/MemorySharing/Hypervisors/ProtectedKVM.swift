/// Which hypervisor's manners to expect where they have changed over time.
public enum HypervisorGeneration: Equatable, Sendable {
  /// MMIO_GUARD_MAP and UNMAP answer in 32 bits, and UNMAP answers -1 when it has succeeded.
  case android13
  /// Every answer has 64 bits.
  case current
}

/// KVM as a protecting hypervisor: shares on demand, guards MMIO.
///
/// AOSP: `hyp::KvmHypervisor`. Differs: the manners of Android 13 are a parameter, so that a -1 to
/// UNMAP is a failure wherever it means one.
public struct ProtectedKVM<Conduit: HypercallConduit>: ConduitHypervisor {
  public let conduit: Conduit
  public let generation: HypervisorGeneration

  @inlinable
  public init(conduit: Conduit, generation: HypervisorGeneration = .current) {
    self.conduit = conduit
    self.generation = generation
  }
}

extension ProtectedKVM: MMIOGuardHypervisor {
  @inlinable
  public func map(_ granule: PhysicalAddress) throws(ShareError) {
    guard generation == .android13 else { return try conduit.mmioGuardMap(granule) }
    let x0 = conduit.x0(of: .mmioGuardMap, at: granule.rawValue)
    try conduit.check(
      HypercallAnswer(zeroOrErrorInLowerWord: x0), of: .mmioGuardMap, at: granule.rawValue)
  }

  @inlinable
  public func unmap(_ granule: PhysicalAddress) throws(ShareError) {
    guard generation == .android13 else { return try conduit.mmioGuardUnmap(granule) }
    let x0 = conduit.x0(of: .mmioGuardUnmap, at: granule.rawValue)
    try conduit.check(
      HypercallAnswer(android13Unmap: x0), of: .mmioGuardUnmap, at: granule.rawValue)
  }
}
