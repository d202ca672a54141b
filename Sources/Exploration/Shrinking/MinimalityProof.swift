import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Proves that no program with fewer commands fails in the same way, on the same backend and
/// machine.
package struct MinimalityProof: Explorer {
  package let program: Program
  package let backend: Backend
  package let fingerprint: Fingerprint
  /// The most programs that it may run.
  package let budget: Int

  /// What is affordable where programs run in one process, and where each may cost one.
  package static var usualBudget: Int { 10_000_000 }
  package static var deadlyBudget: Int { 20_000 }

  package init(
    _ program: Program, on backend: Backend, keeping fingerprint: Fingerprint,
    budget: Int = Self.usualBudget
  ) {
    self.program = program
    self.backend = backend
    self.fingerprint = fingerprint
    self.budget = budget
  }

  package func explore(on stage: any Stage) throws -> Minimality {
    try Minimality(
      of: program, keeping: fingerprint, among: Alphabet(of: program), budget: budget
    ) { length, tried in
      var progress = ExplorerProgress()
      progress.length = UInt64(length)
      progress.tried = UInt64(tried)
      stage.tell(progress)
    } evaluate: { candidate in
      try stage.play(Case(candidate, on: backend))?.verdict
    }
  }

  package func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> Minimality {
    Minimality(
      length: program.steps.count, reached: Int(progress.length), tried: Int(progress.tried),
      alphabet: Alphabet(of: program).lines)
  }

  package func line(_ progress: ExplorerProgress, seconds: Double) -> String {
    Self.line(progress)
  }

  static func line(_ progress: ExplorerProgress) -> String {
    "proving: \(progress.tried) programs tried, now those of \(progress.length) commands"
  }
}

extension Minimality {
  /// Tries all programs of an alphabet that have fewer commands.
  ///
  /// - Parameters:
  ///   - fingerprint: how the program fails.
  ///   - trying: called with the length of the next program and how many were run before.
  ///   - evaluate: runs a program where the given one fails; nil where it cannot run.
  init<Verdict: CandidateVerdict, Failure: Error>(
    of program: Program, keeping fingerprint: Fingerprint, among alphabet: Alphabet, budget: Int,
    trying: (_ length: Int, _ tried: Int) -> Void = { _, _ in },
    evaluate: (Program) throws(Failure) -> Verdict?
  ) throws(Failure) {
    // A program fails at its last command or at its end: what fails sooner is longer than it need
    // be.
    let last: Command.Kind? = if case .command(let kind) = fingerprint.command { kind } else { nil }
    let result = try Prover(budget: budget).prove(
      below: program.steps.count, keeping: fingerprint, trying: trying
    ) { (choices, length) throws(Failure) -> Trial<Fingerprint> in
      let candidate = alphabet.program(from: &choices, length: length, endingWith: last)
      let verdict = try evaluate(candidate)
      return Trial(
        fingerprint: verdict?.fingerprint,
        relevance: verdict?.relevance(to: candidate) ?? .everything)
    }
    length = program.steps.count
    reached = length
    tried = result.tried
    self.alphabet = alphabet.lines
    switch result {
    case .proved: break
    case .outOfBudget(let length, _): reached = length
    case .found(let testCase, _):
      var choices = Choices(replaying: testCase)
      smaller = alphabet.program(from: &choices, length: testCase.length, endingWith: last)
    }
  }
}

extension CandidateVerdict {
  /// How much of a candidate can have made a difference.
  ///
  /// After a no-op step all is as it is in the program without that step, which is shorter; after a
  /// fault that did not fire all is as it is without the fault, which is simpler. A hypercall's
  /// fault that did not fire does not fire at a later position or in another mode either, and no
  /// fault fires in a step that is a no-op. What comes after a failing step never runs.
  func relevance(to program: Program) -> Relevance {
    switch noOp {
    case .step(let index):
      return program.steps[index].command.kind.canFail
        ? .commandsButLastChoice(index + 1) : .commands(index + 1)
    case .fault(let index):
      return program.steps[index].isTriedInOrder
        ? .commandsButLastChoice(index + 1) : .commands(index + 1)
    case nil: break
    }
    guard fingerprint != nil, failingStep < program.steps.count else { return .everything }
    return .commands(failingStep + 1)
  }
}

extension Step {
  /// Whether the step's fault is one of those that an alphabet tries last, position by position.
  fileprivate var isTriedInOrder: Bool {
    guard faults.count == 1, case .hypercall(let position, let mode) = faults[0] else {
      return false
    }
    return position <= Grammar.faultPositions && Grammar.faultModes.contains(mode)
  }
}
