/// KVM that protects nothing: the host sees all of the guest, and nothing is shared or guarded.
///
/// AOSP: `hyp::RegularKvmHypervisor`, which has no `MemSharer`. Differs: the port is there, since
/// a heap-mode pool is a pool like any other, and its calls are real ones. A heap-mode pool never
/// makes them; a pool that did would be answered -1 by the hypervisor itself, in sight of everyone
/// who watches the conduit, where an error made up on this side of it would hide the mistake.
public struct PlainKVM<Conduit: HypercallConduit>: ConduitHypervisor {
  public let conduit: Conduit

  @inlinable
  public init(conduit: Conduit) { self.conduit = conduit }
}
