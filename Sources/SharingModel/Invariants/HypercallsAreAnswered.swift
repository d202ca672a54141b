import MemorySharing
import SimulatedHypervisors

extension Invariant {
  /// A simulated hypervisor answers all the same, or nobody could judge it.
  static let hypercallsAreAnswered = Invariant(
    "hypercalls-are-answered",
    "No call is made that the hypervisor never answers.",
    scope: .dynamic, events: .hypercalls,
    onEvent: { _, event in
      guard case .hypercall(let call) = event, call.effect == .neverAnswers else { return nil }
      return "\(call.words) is never answered: there is no memory"
    })
}
