import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let granuleIsAskedOnce = Invariant(
    "granule-is-asked-once",
    "MEMINFO is called once by the init that makes a dynamic pool, answers a granule, and is never "
      + "called again.",
    scope: .dynamic, events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event,
        call.known == .memInfo
      else { return nil }
      if model.state != .uninitialised { return "MEMINFO was called after the init" }
      return model.record.memInfoCalls > 0 ? "MEMINFO was called twice by one init" : nil
    },
    afterCommand: { model in
      guard case .call(.initialise) = model.action, case .done = model.outcome else { return nil }
      if model.record.memInfoCalls == 0 {
        return "the init made a dynamic pool without asking for the granule"
      }
      return model.record.hypercallFailed
        ? "the init made a dynamic pool, and MEMINFO had answered no granule" : nil
    })
}
