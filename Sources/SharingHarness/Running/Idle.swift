import MemorySharing
import SharingModel
import SimulatedHypervisors

/// A step that came to nothing, by its place in the program.
///
/// What stands behind it stands as well behind something simpler, so that a search through all
/// programs may pass over it. Where there is doubt, a step is not idle.
public enum Idle: Equatable, Codable, Sendable {
  /// The system was not asked, and the machine is as it was: the program without the step ends in
  /// the same way.
  case step(Int)
  /// The step's fault did not strike: behind the step all is as if it had none.
  case fault(Int)
}

extension Machine {
  /// Whether an action asks the system for something or changes what the machine holds.
  func isConcerned(by action: Action) -> Bool {
    switch action {
    case .call, .guestWrites: return true
    case .nothing: return false
    case .hostScribbles: return !monitor.shared.isEmpty
    case .hostPins(let address):
      guard let granule = monitor.granule(containing: address) else { return false }
      return monitor.shared.contains(granule) && !monitor.pinned.contains(granule)
    case .hostUnpinsAll: return !monitor.pinned.isEmpty
    case .standingFault(let mode): return monitor.standingFault != mode
    }
  }

  /// Whether the fault of the command that has just run certainly did not strike.
  func hasSpared(_ fault: CommandFault) -> Bool {
    switch fault {
    case .hypercall(let position, _): monitor.callsInCommand < position
    case .heapAllocation: heapFault == .spared
    }
  }

  /// What became of a command's fault of the heap.
  enum HeapFault {
    /// No system has said yet.
    case unknown
    case spared, struck
  }
}
