import Exploration
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Traces every transition of the walk that `proofs/explore` makes on pKVM: for each the whole
/// program that ends with it, and the drop after that.
struct Walk {
  let rig: Rig
  let trace: Trace

  /// What came of it.
  struct Result {
    var walk: Exhaustion.Result
    /// Transitions that the oracle cannot judge.
    var leftOut: Int
  }

  /// Walks to the fixpoint, to a violation, or to as many states as are wanted.
  func play(mostStates: Int) throws -> Result {
    var leftOut = 0
    var played: Case?
    var transitions: UInt64 = 0
    let stage = LocalStage(rig.traced(by: trace))
    stage.willPlay = { played = $0 }
    // Told after each transition, and after each state.
    stage.didTell = { progress in
      guard progress.tried > transitions else { return }
      transitions = progress.tried
      // A heap that refuses what it has is not in the model.
      if played?.program.steps.contains(where: { $0.faults == [.heapAllocation] }) == true {
        leftOut += 1
      } else {
        trace.keep()
      }
    }
    let walk = try Exhaustion(ExhaustionBounds(), on: .pkvm, mostStates: mostStates)
      .explore(on: stage)
    return Result(walk: walk, leftOut: leftOut)
  }
}
