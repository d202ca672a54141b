import SharingHarness
import SharingModel
import SimulatedHypervisors

/// From a program that fails to a report about the smallest one that fails in the same way.
struct Shrinking {
  let system: SystemUnderTest
  let patience: Double

  /// A small program, and where it fails.
  private struct Candidate {
    var program: Program
    var backend: Backend
    var evaluations: Int?
  }

  /// Shrinks what a campaign found. A program that its seed does not make by itself is reproduced by
  /// the whole campaign up to it.
  func counterexample(_ found: CampaignResult.Found, seed first: UInt64) throws -> Counterexample {
    let backend = Backend.named(found.backend) ?? .pkvm
    let example = try shrink(
      try Program(text: found.program), on: backend, restartingFrom: first &+ found.number
    ) { _ in
      "run\(system.backendOption) --seed \(found.seed ?? first)"
        + " --programs \(found.seed == nil ? found.number + 1 : 1)\(system.exhibitOption)"
    }
    guard let example else {
      throw ToolFailure.ourFault(
        "what program \(found.number + 1) from seed \(first) violated on \(backend.id) did not show in"
          + " another process")
    }
    return example
  }

  /// Shrinks a program; nil if it holds.
  ///
  /// - Parameter reproduce: the verb and its arguments that show it again on a backend.
  func shrink(
    _ program: Program, on backend: Backend, restartingFrom seed: UInt64,
    reproduce: (Backend) -> String
  ) throws -> Counterexample? {
    let evaluator = try Evaluator(system, patience: patience)
    guard let first = try evaluator.trace(program, on: backend),
      let fingerprint = first.fingerprint
    else { return nil }
    var minimiser = Minimiser()
    let isDeadly = fingerprint.invariant == "calls-return"
    if isDeadly {
      // Every candidate that fails costs a process, and one that hangs the whole patience.
      minimiser.budget = 2000
      minimiser.restarts = 0
      if evaluator.hasHung { evaluator.patience = min(patience, 1) }
    }
    // A program names no backend, so a candidate may fail on any; but one that kills its process is
    // tried where the first one did.
    let backends = [backend] + (isDeadly ? [] : system.backends.filter { $0 != backend })
    func failing(_ candidate: Program) -> (Backend, Minimiser.Failure)? {
      for backend in backends {
        guard let failure = evaluator.failure(candidate, on: backend),
          failure.fingerprint == fingerprint
        else { continue }
        return (backend, failure)
      }
      return nil
    }
    let result = minimiser.minimise(program, keeping: fingerprint, restartingFrom: seed) {
      failing($0)?.1
    }
    let best = Candidate(
      program: result?.program ?? program,
      backend: result.flatMap { failing($0.program)?.0 } ?? backend,
      evaluations: result?.evaluations)
    guard let last = try evaluator.trace(best.program, on: best.backend), !last.holds else {
      return nil
    }
    return Counterexample(
      program: best.program,
      trace: try evaluator.completed(last, of: best.program, on: best.backend),
      evaluations: best.evaluations, reproduce: "sharecheck \(reproduce(best.backend))")
  }
}
