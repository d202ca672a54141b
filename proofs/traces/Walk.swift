import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Traces every transition of the walk that `proofs/explore` makes on pKVM: for each the whole
/// program that ends with it, and the drop behind that.
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
  func play(mostStates: Int) -> Result {
    var leftOut = 0
    var exhaustion = Exhaustion(
      ExhaustionBounds(), with: Lockstep(rig.traced(by: trace)), on: .pkvm)
    exhaustion.didTry = { program in
      // A heap that refuses what it has is not in the model.
      if program.steps.contains(where: { $0.fault == .heapAllocation }) {
        leftOut += 1
      } else {
        trace.keep()
      }
    }
    let walk = exhaustion.run(mostStates: mostStates)
    return Result(walk: walk, leftOut: leftOut)
  }
}
