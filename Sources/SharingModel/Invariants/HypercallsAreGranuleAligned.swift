import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let hypercallsAreGranuleAligned = Invariant(
    "hypercalls-are-granule-aligned",
    "Every address handed to the hypervisor is a multiple of the granule.",
    scope: .dynamic, events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event else { return nil }
      switch call.known {
      case .memShare, .memUnshare:
        if call.x1 % model.configuration.granule == 0 { return nil }
        return "\(hex(call.x1)) is not a multiple of \(model.configuration.granule)"
      default: return nil
      }
    })
}
