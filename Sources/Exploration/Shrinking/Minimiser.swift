import PropertyTesting
import SharingHarness
import SharingModel

/// Makes a failing program as small as the shrinker can, wherever its candidates are run.
package struct Minimiser {
  /// The smallest program found.
  package struct Result: Sendable {
    package let program: Program
    /// How many candidates were run.
    package let evaluations: Int
  }

  package var grammar = Grammar()
  /// The most candidates that a descent may run.
  package var budget = 100_000
  /// How many other programs that fail in the same way are shrunk as well; another way down leaves
  /// a local minimum behind.
  package var restarts = 2
  /// How many programs may be run to find those.
  package var restartPrograms = 400
  /// How many programs may be run to do with a command less while another gets a fault or is
  /// replaced by any other one, also a larger one: what no pass that only lowers choices ever
  /// tries. For programs of more than three commands.
  package var replacements = 5_000
  /// How many programs with fewer commands are tried at last, in the order of a proof, for programs
  /// of at most three commands: what another kind of command or a fault does at once. First as many
  /// of the program's own alphabet, then ten times as many of the few sizes that a sweep has.
  package var shorterPrograms = 1_000

  /// Called after each candidate that the shrinker has run.
  package var didTry: (() -> Void)?

  package init() {}

  /// - Parameters:
  ///   - fingerprint: what every candidate must keep.
  ///   - evaluate: runs a candidate; nil where it cannot run.
  /// - Returns: nil where the case does not fail in this way.
  package func minimise<Verdict: CandidateVerdict>(
    _ testCase: TestCase, keeping fingerprint: Fingerprint, restartingFrom seed: UInt64 = 0,
    evaluate: @escaping (Program) -> Verdict?
  ) -> Result? {
    let result = Shrinker(budget: budget).shrink(
      testCase, keeping: fingerprint, restarts: Restarts(restarts),
      others: sequence(state: seed) { next -> UInt64? in
        next &+= 1
        return next
      }.prefix(restartPrograms).lazy.map { seed in
        evaluate(grammar.program(seed: seed))?.fingerprint == fingerprint
          ? grammar.testCase(seed: seed) : nil
      },
      propose: { best in
        let smallest = program(of: best)
        return smallest.steps.count > 3
          ? replacing(smallest, keeping: fingerprint, evaluate)
          : shorter(smallest, keeping: fingerprint, evaluate)
      },
      evaluate: { self.evaluate($0, evaluate) })
    return result.map {
      Result(program: program(of: $0.testCase), evaluations: $0.evaluations)
    }
  }

  /// Shrinks a program; nil where it does not fail in this way, or no choices make it.
  package func minimise<Verdict: CandidateVerdict>(
    _ program: Program, keeping fingerprint: Fingerprint, restartingFrom seed: UInt64 = 0,
    evaluate: @escaping (Program) -> Verdict?
  ) -> Result? {
    grammar.testCase(of: program).flatMap {
      minimise($0, keeping: fingerprint, restartingFrom: seed, evaluate: evaluate)
    }
  }

  private func evaluate<Verdict: CandidateVerdict>(
    _ candidate: TestCase, _ run: (Program) -> Verdict?
  ) -> Evaluation<Fingerprint> {
    var choices = Choices(replaying: candidate)
    let program = grammar.program(from: &choices)
    var consumed = choices.recorded
    let verdict = run(program)
    didTry?()
    // What comes after the failing step was never run.
    if let verdict, verdict.fingerprint != nil, verdict.failingStep >= 0,
      verdict.failingStep + 2 < consumed.records.count
    {
      consumed.records.removeSubrange((verdict.failingStep + 2)...)
    }
    return Evaluation(testCase: consumed, fingerprint: verdict?.fingerprint)
  }

  /// The first program with a command less and another one replaced that fails in the same way, and
  /// how many were run.
  private func replacing<Verdict: CandidateVerdict>(
    _ program: Program, keeping fingerprint: Fingerprint, _ evaluate: (Program) -> Verdict?
  ) -> Restarts.Proposal {
    let alphabet = Alphabet(of: program)
    let steps = alphabet.plainSteps
    var tried = 0
    for deleted in program.steps.indices {
      var candidate = program
      candidate.steps.remove(at: deleted)
      for replaced in candidate.steps.indices {
        let old = candidate.steps[replaced]
        for step in alphabet.variants(of: old) + steps where step != old {
          guard tried < replacements else { return Restarts.Proposal(nil, tried: tried) }
          tried += 1
          candidate.steps[replaced] = step
          guard evaluate(candidate)?.fingerprint == fingerprint,
            let testCase = grammar.testCase(of: candidate)
          else { continue }
          return Restarts.Proposal(testCase, tried: tried)
        }
        candidate.steps[replaced] = old
      }
    }
    return Restarts.Proposal(nil, tried: tried)
  }

  /// The first program with fewer commands that fails in the same way, and how many were run.
  private func shorter<Verdict: CandidateVerdict>(
    _ program: Program, keeping fingerprint: Fingerprint, _ evaluate: (Program) -> Verdict?
  ) -> Restarts.Proposal {
    guard shorterPrograms > 0 else { return .nothing }
    let few = Alphabet(sweeping: program.configuration, faults: true)
    var tried = 0
    for (alphabet, budget) in [(Alphabet(of: program), 1), (few, 10)] {
      let answer = Minimality(
        of: program, keeping: fingerprint, among: alphabet, budget: budget * shorterPrograms,
        evaluate: evaluate)
      tried += answer.tried
      if let smaller = answer.smaller {
        return Restarts.Proposal(grammar.testCase(of: smaller), tried: tried)
      }
    }
    return Restarts.Proposal(nil, tried: tried)
  }

  private func program(of testCase: TestCase) -> Program {
    var choices = Choices(replaying: testCase)
    return grammar.program(from: &choices)
  }
}
