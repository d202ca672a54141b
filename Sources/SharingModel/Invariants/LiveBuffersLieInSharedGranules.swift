import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let liveBuffersLieInSharedGranules = Invariant(
    "live-buffers-lie-in-shared-granules",
    "Every byte of a live buffer can be reached by the host.",
    scope: [.dynamic, .fixed], events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event, case .becamePrivate(let granule) = call.effect,
        let buffer = model.live.first(where: {
          !$0.isHeap && $0.bytes.overlaps(granule) && $0 != model.record.freeing
        })
      else { return nil }
      return "the host lost \(granule) while the buffer \(buffer.bytes) was live"
    },
    afterCommand: { model in
      guard let made = model.record.made, !made.isHeap else { return nil }
      if model.reach.contains(made.bytes) { return nil }
      return "the host cannot reach all of the new buffer \(made.bytes)"
    })
}
