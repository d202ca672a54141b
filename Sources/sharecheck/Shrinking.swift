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

  /// Shrinks each way to fail that a campaign found.
  ///
  /// One that does not show again is complained about, and does not keep the others back.
  func counterexamples(_ result: CampaignResult, of plan: CampaignPlan) throws -> [Counterexample] {
    var examples: [Counterexample] = []
    for (index, found) in result.found.enumerated() {
      let backend = Backend.named(found.backend) ?? .pkvm
      let arguments = plan.reproducing(found, at: index)
      let example = try shrink(
        try Program(text: found.program), on: backend,
        restartingFrom: plan.seed &+ found.number
      ) { _ in "run\(system.backendOption) \(arguments)\(system.exhibitOption)" }
      if let example {
        examples.append(example)
        continue
      }
      let line =
        "what program \(found.number + 1) from seed \(plan.seed) violated on \(backend.id) did not"
        + " show in another process"
      if result.found.count == 1 { throw ToolFailure.ourFault(line) }
      Terminal.complain(line)
    }
    return examples
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

extension CampaignPlan {
  /// The options that find it again: the seed that makes the program by itself, or, where it was
  /// built upon others, all of the campaign up to it.
  fileprivate func reproducing(_ found: CampaignResult.Found, at index: Int) -> String {
    let findings = found.seed == nil ? index + 1 : found.rank
    return "--seed \(found.seed ?? seed) --programs \(found.seed == nil ? found.number + 1 : 1)"
      + (findings > 1 ? " --findings \(findings)" : "")
  }
}
