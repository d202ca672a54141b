import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let privateMemoryIsNeverShared = Invariant(
    "private-memory-is-never-shared",
    "No granule outside the sharer's regions becomes shared, and none that the host can reach goes "
      + "back to the heap.",
    scope: .dynamic, events: [.hypercalls, .heap],
    onEvent: { model, event in
      switch event {
      case .hypercall(let call):
        guard case .becameShared(let range) = call.effect,
          !model.regions.contains(where: { $0.contains(range) })
        else { return nil }
        return "\(range) was shared, and no region of the sharer's holds it"
      case .heapFreed(let range, _):
        guard model.reach.overlaps(range) else { return nil }
        return "\(range) went back to the heap while the host could reach some of it"
      default: return nil
      }
    })
}
