import MemorySharing
import SimulatedHypervisors

/// What a step does once its slots are looked up.
public enum ResolvedStep: Equatable, Sendable {
  case call(GuestCall)
  /// What it writes is a secret where the bytes are the guest's own, and else meant for the host.
  case guestWrites(AddressRange, isPrivate: Bool)
  case hostScribbles
  case hostPins(PhysicalAddress)
  case hostUnpinsAll
  case standingFault(FaultMode?)
  /// The slot never held what the command needs.
  case nothing
}
