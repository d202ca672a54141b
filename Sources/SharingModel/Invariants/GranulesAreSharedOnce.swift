import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let granulesAreSharedOnce = Invariant(
    "granules-are-shared-once",
    "No granule is shared while shared, or unshared while not, but to clear it after its "
      + "SHARE failed.",
    scope: .dynamic, events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event, let granule = model.granule(at: call.x1),
        !model.uncertain.overlaps(granule)
      else { return nil }
      let isShared = model.reach.overlaps(granule)
      switch call.known {
      case .memShare where isShared: return "SHARE of \(granule), which was shared"
      case .memUnshare where !isShared: return "UNSHARE of \(granule), which was not shared"
      default: return nil
      }
    })
}
