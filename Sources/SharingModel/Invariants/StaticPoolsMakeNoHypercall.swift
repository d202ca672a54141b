import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let staticPoolsMakeNoHypercall = Invariant(
    "static-pools-make-no-hypercall",
    "A static or heap-mode pool never calls MEMINFO, MEM_SHARE or MEM_UNSHARE.",
    scope: [.fixed, .heap], events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event else { return nil }
      switch call.known {
      case .memInfo, .memShare, .memUnshare:
        return "function \(hex(UInt64(call.function))) was called"
      default: return nil
      }
    })
}
