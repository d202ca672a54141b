import SharingModel
import SimulatedHypervisors

/// What can be left out of a program: a step that is a no-op, or a fault that did not fire; by the
/// place of the step.
///
/// A no-op asks the system nothing and leaves the machine as it was; a call is never one, nor is a
/// write of the guest. A suffix after a no-op behaves as it does without the step, so a search
/// through all programs can prune here. Where there is doubt, a step does not count as one.
public enum NoOp: Equatable, Codable, Sendable {
  /// The system was not asked, and the machine is as it was: the program without the step ends in
  /// the same way.
  case step(Int)
  /// The step's fault did not fire: after the step all is as if it had none.
  case fault(Int)
}

extension Machine {
  /// Whether an action neither asks the system for something nor changes what the machine holds.
  func isNoOp(_ action: ResolvedStep) -> Bool {
    switch action {
    case .call, .guestWrites: return false
    case .nothing: return true
    case .hostScribbles: return monitor.shared.isEmpty
    case .hostPins(let address):
      guard let granule = monitor.granule(containing: address) else { return true }
      return !monitor.shared.contains(granule) || monitor.pinned.contains(granule)
    case .hostUnpinsAll: return monitor.pinned.isEmpty
    case .standingFault(let mode): return monitor.standingFault == mode
    }
  }

  /// Whether the fault of the command that has just run certainly did not fire.
  func didNotFire(_ fault: CommandFault) -> Bool {
    switch fault {
    case .hypercall(let position, _), .hypercalls(let position, _), .host(_, let position):
      monitor.callsInCommand < position
    case .guest(_, let position): portCalls < position
    case .heapAllocation: !heapFaults.allocations.hasFired
    case .heapFree: !heapFaults.frees.hasFired
    }
  }
}
