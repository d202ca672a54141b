/// Qualcomm's hypervisor: shares one range before boot, nothing on demand, and has no MMIO guard.
///
/// AOSP: `hyp::GunyahHypervisor`, which has no `MemSharer`. Differs: the port is there, since a
/// static pool is a pool like any other, and its calls are real ones. A static pool never makes
/// them; a pool that did would be answered -1 by the hypervisor itself, in sight of everyone who
/// watches the conduit, where an error made up on this side of it would hide the mistake.
public struct Gunyah<Conduit: HypercallConduit>: ConduitHypervisor {
  public let conduit: Conduit

  @inlinable
  public init(conduit: Conduit) { self.conduit = conduit }
}
