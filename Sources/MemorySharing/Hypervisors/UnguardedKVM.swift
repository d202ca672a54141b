/// KVM as upstream Linux protects guests: shares on demand, and has no MMIO guard.
///
/// AOSP: none; it takes this hypervisor for plain KVM.
public struct UnguardedKVM<Conduit: HypercallConduit>: ConduitHypervisor {
  public let conduit: Conduit

  @inlinable
  public init(conduit: Conduit) { self.conduit = conduit }
}
