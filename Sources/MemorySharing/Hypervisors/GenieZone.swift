/// MediaTek's hypervisor: shares on demand, guards MMIO, and knows the answer -2 (NOT_REQUIRED).
///
/// AOSP: `hyp::GeniezoneHypervisor`.
public struct GenieZone<Conduit: HypercallConduit>: ConduitHypervisor {
  public let conduit: Conduit

  @inlinable
  public init(conduit: Conduit) { self.conduit = conduit }
}

extension GenieZone: MMIOGuardHypervisor {}
