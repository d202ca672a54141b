import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let refillOnlyOnMiss = Invariant(
    "refill-only-on-miss",
    "MEM_SHARE is called only inside an allocation that the pool could not serve.",
    scope: .dynamic, needs: .pooling, events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event,
        call.known == .memShare
      else { return nil }
      if model.record.poolRequest == nil {
        return "SHARE was called by a call that allocates nothing"
      }
      return model.record.poolCouldServe ? "SHARE was called, and the pool had a free run" : nil
    })
}
