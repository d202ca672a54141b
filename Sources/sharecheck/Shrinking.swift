import SharingHarness
import SharingModel
import SimulatedHypervisors

/// From a program that fails to a report about the smallest one that fails in the same way.
struct Shrinking {
  let system: SystemUnderTest
  let patience: Double

  /// Shrinks what a campaign found by a seed.
  func counterexample(seed: UInt64, on backend: Backend) throws -> Counterexample {
    let program = Grammar().program(seed: seed)
    let place = "seed \(seed) on \(backend.id)"
    let example = try shrink(
      program, on: backend, restartingFrom: seed,
      reproduce: "sharecheck run --backend \(backend.id) --seed \(seed) --programs 1"
        + system.exhibitOption)
    guard let example else {
      throw ToolFailure.ourFault("what \(place) violated did not show in another process")
    }
    return example
  }

  /// Shrinks a program; nil if it holds.
  func shrink(
    _ program: Program, on backend: Backend, restartingFrom seed: UInt64, reproduce: String
  ) throws -> Counterexample? {
    let evaluator = try Evaluator(system, patience: patience)
    guard let first = try evaluator.trace(program, on: backend),
      let fingerprint = first.fingerprint
    else { return nil }
    var minimiser = Minimiser()
    if fingerprint.invariant == "calls-return" {
      // Every candidate that fails costs a process, and one that hangs the whole patience.
      minimiser.budget = 2000
      minimiser.restarts = 0
      if evaluator.hasHung { evaluator.patience = min(patience, 1) }
    }
    let result = minimiser.minimise(program, keeping: fingerprint, restartingFrom: seed) {
      evaluator.failure($0, on: backend)
    }
    let smallest = result?.program ?? program
    guard let last = try evaluator.trace(smallest, on: backend), !last.holds else { return nil }
    let trace = try evaluator.completed(last, of: smallest, on: backend)
    return Counterexample(
      program: smallest, trace: trace, evaluations: result?.evaluations, reproduce: reproduce)
  }
}
