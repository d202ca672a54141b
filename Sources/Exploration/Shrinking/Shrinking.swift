import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// From a program that fails to the smallest one that fails in the same way; and, if that is
/// wanted, the proof that there is none smaller.
package struct Shrinking: Explorer {
  /// What is shrunk; `verdict` says how it fails.
  package let finding: Finding
  /// On which backends candidates are tried.
  package let backends: [Backend]
  /// The seed after which other programs are looked for that fail in the same way.
  package let seed: UInt64
  /// The most programs that a proof may run; nil where none is wanted.
  package let proofBudget: ProofBudget?
  /// Whether each case may cost a process.
  package var isCostly = false

  package enum ProofBudget: Codable, Sendable {
    case usual
    case atMost(Int)
  }

  package init(
    _ finding: Finding, on backends: [Backend], seed: UInt64 = 0, proofBudget: ProofBudget? = nil
  ) {
    self.finding = finding
    // A candidate that kills its process is tried where the first one did.
    self.backends = finding.isDeadly ? [finding.backend] : backends
    self.seed = seed
    self.proofBudget = proofBudget
  }

  /// Nil where the program does not fail once more.
  package func explore(on stage: any Stage) throws -> Finding? {
    try smallest(on: stage)?.finding
  }

  /// The result of shrinking.
  package struct Smallest {
    package var finding: Finding
    /// The commands before the first proof: what shrinking does alone.
    package var length: Int
    /// How many programs shrinking ran until then.
    package var evaluations: Int?
  }

  /// Shrinks, proves, and goes on from what the proof finds.
  ///
  /// - Parameter prove: proves a finding minimal, in the place of a proof within the budget.
  package func smallest(
    on stage: any Stage, prove: ((Finding) throws -> Minimality)? = nil
  ) throws -> Smallest? {
    guard
      let first = try stage.play(Case(finding.program, on: finding.backend))?.verdict,
      let fingerprint = first.fingerprint
    else { return nil }
    var best = finding
    best.verdict = first
    best.evaluations = nil
    var length: Int?
    var evaluations: Int?
    // The shrinker cannot throw: what a fault of ours answers is dropped with it.
    var fault: (any Error)?
    let lineup = BackendOrder(fingerprint: fingerprint, backends: backends) { program, backend in
      guard fault == nil else { return nil }
      do {
        return try stage.play(Case(program, on: backend))?.verdict
      } catch is CaseTooSlow {
        return nil
      } catch {
        fault = error
        return nil
      }
    }
    let minimum = try Minimum(from: best) { (start) throws -> Finding in
      var best = start
      let lineup = lineup.beginning(with: best.backend)
      let result = minimiser(stage).minimise(
        best.program, keeping: fingerprint, restartingFrom: seed, evaluate: lineup.verdict)
      let backend = result.flatMap { lineup.backend(for: $0.program) }
      if let fault { throw fault }
      if let result {
        best.program = result.program
        best.backend = backend ?? best.backend
        best.evaluations = (best.evaluations ?? 0) + result.evaluations
      }
      if length == nil { (length, evaluations) = (best.program.steps.count, best.evaluations) }
      return best
    } prove: { (best) throws -> (proof: Minimality?, shorter: Finding?) in
      let minimality = try minimality(of: best, fingerprint, on: stage, prove)
      guard let smaller = minimality?.smaller else { return (minimality, nil) }
      var shorter = best
      shorter.program = smaller
      return (minimality, shorter)
    }
    best = minimum.candidate
    best.minimality = minimum.proof
    guard let last = try stage.play(Case(best.program, on: best.backend))?.verdict, !last.holds
    else { return nil }
    best.verdict = last
    best.account = try stage.account(of: Case(best.program, on: best.backend))
    return Smallest(
      finding: best, length: length ?? best.program.steps.count, evaluations: evaluations)
  }

  private func minimality(
    of best: Finding, _ fingerprint: Fingerprint, on stage: any Stage,
    _ prove: ((Finding) throws -> Minimality)?
  ) throws -> Minimality? {
    if let prove { return try prove(best) }
    let budget: Int
    switch proofBudget {
    case nil: return nil
    case .atMost(let most): budget = most
    case .usual:
      budget = isCostly ? MinimalityProof.deadlyBudget : MinimalityProof.usualBudget
    }
    return try MinimalityProof(
      best.program, on: best.backend, keeping: fingerprint, budget: budget
    ).explore(on: stage)
  }

  private func minimiser(_ stage: any Stage) -> Minimiser {
    var minimiser = Minimiser()
    minimiser.grammar = stage.grammar
    if finding.isDeadly {
      // Every candidate that fails costs a process, and one that hangs all of the patience.
      minimiser.budget = 2000
      minimiser.restarts = 0
      minimiser.replacements = 0
      minimiser.shorterPrograms = 0
    }
    var progress = ExplorerProgress()
    minimiser.didTry = {
      progress.tried += 1
      stage.tell(progress)
    }
    return minimiser
  }

  package func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> Finding? { nil }

  package func line(_ progress: ExplorerProgress, seconds: Double) -> String {
    // Only a proof says of what length the programs are, and it begins with those of none.
    progress.length > 0 || progress.tried == 0
      ? MinimalityProof.line(progress) : "shrinking: \(progress.tried) programs tried"
  }
}
