import SharingHarness
import SharingModel
import SimulatedHypervisors

/// From a program that fails to a report about the smallest one that fails in the same way.
struct Shrinking {
  let system: SystemUnderTest
  let patience: Double
  /// Proves what was shrunk, if that is wanted.
  var proof: ProofSupervisor?

  /// A small program, and where it fails.
  private struct Candidate {
    var program: Program
    var backend: Backend
    var evaluations: Int?
    var minimality: Minimality?
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
      minimiser.replacements = 0
      minimiser.shorterPrograms = 0
      if evaluator.hasHung { evaluator.patience = min(patience, 1) }
    }
    // A candidate that kills its process is tried where the first one did.
    let lineup = Lineup(
      fingerprint: fingerprint, backends: isDeadly ? [backend] : system.backends
    ) { evaluator.attempt($0, on: $1) }
    let best = try smallest(
      Candidate(program: program, backend: backend), minimiser, lineup, seed, evaluator)
    guard let last = try evaluator.trace(best.program, on: best.backend), !last.holds else {
      return nil
    }
    return Counterexample(
      program: best.program,
      trace: try evaluator.completed(last, of: best.program, on: best.backend),
      evaluations: best.evaluations, minimality: best.minimality,
      reproduce: "sharecheck \(reproduce(best.backend))")
  }

  /// Shrinks, proves, and goes on from what the proof finds.
  private func smallest(
    _ start: Candidate, _ minimiser: Minimiser, _ lineup: Lineup, _ seed: UInt64,
    _ evaluator: Evaluator
  ) throws -> Candidate {
    var best = start
    while true {
      let lineup = lineup.beginning(with: best.backend)
      if let result = minimiser.minimise(
        best.program, keeping: lineup.fingerprint, restartingFrom: seed, evaluate: lineup.attempt)
      {
        best.program = result.program
        best.backend = lineup.place(of: result.program)?.backend ?? best.backend
        best.evaluations = (best.evaluations ?? 0) + result.evaluations
      }
      guard let proof else { return best }
      let minimality = try proof.minimality(
        of: best.program, on: best.backend, keeping: lineup.fingerprint, evaluator)
      best.minimality = minimality
      guard let smaller = minimality.smaller else { return best }
      guard let program = try? Program(text: smaller) else {
        throw ToolFailure.ourFault("a worker proved something about what is no program")
      }
      best.program = program
    }
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
