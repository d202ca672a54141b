import PropertyTesting
import SharingModel

/// Makes a failing program as small as the shrinker can, wherever its candidates are run.
public struct Minimiser: Sendable {
  /// How a program failed, and at which step.
  public struct Failure: Equatable, Sendable {
    public let fingerprint: Fingerprint
    public let step: Int

    public init(fingerprint: Fingerprint, step: Int) {
      self.fingerprint = fingerprint
      self.step = step
    }
  }

  /// The smallest program found.
  public struct Result: Sendable {
    public let program: Program
    /// How many candidates were run.
    public let evaluations: Int
  }

  public var grammar = Grammar()
  /// The most candidates that a descent may run.
  public var budget = 100_000
  /// How many other programs that fail in the same way are shrunk as well; another way down leaves
  /// a local minimum behind.
  public var restarts = 2
  /// How many programs may be run to find those.
  public var restartPrograms = 400
  /// How many programs may be run to do with a command less while another gets a fault or is
  /// replaced by any other one, also a larger one: what no pass that only lowers choices ever tries.
  /// For programs of more than three commands.
  public var replacements = 5_000
  /// How many programs with fewer commands are tried at last, in the order of a proof, for programs
  /// of at most three commands: what another kind of command or a fault does at once. First as many
  /// of the program's own alphabet, then ten times as many of the few sizes that a sweep has.
  public var shorterPrograms = 1_000

  public init() {}

  /// - Parameters:
  ///   - fingerprint: what every candidate must keep.
  ///   - evaluate: runs a candidate.
  /// - Returns: nil where the case does not fail in this way.
  public func minimise(
    _ testCase: TestCase, keeping fingerprint: Fingerprint, restartingFrom seed: UInt64 = 0,
    evaluate: @escaping (Program) -> Attempt
  ) -> Result? {
    let shrinker = Shrinker(budget: budget)
    func shrink(_ start: TestCase) -> ShrinkResult? {
      shrinker.shrink(start, keeping: fingerprint) { self.evaluate($0, evaluate) }
    }
    guard var best = shrink(testCase) else { return nil }
    var evaluations = best.evaluations
    var remaining = restarts
    var next = seed
    for _ in 0..<restartPrograms where remaining > 0 && best.testCase.length > 3 {
      next &+= 1
      evaluations += 1
      guard evaluate(grammar.program(seed: next)).failure?.fingerprint == fingerprint,
        let other = shrink(grammar.testCase(seed: next))
      else { continue }
      remaining -= 1
      evaluations += other.evaluations
      if other.testCase < best.testCase { best = other }
    }
    while true {
      let smallest = program(of: best.testCase)
      let (start, tried) =
        smallest.steps.count > 3
        ? replacing(smallest, keeping: fingerprint, evaluate)
        : shorter(smallest, keeping: fingerprint, evaluate)
      evaluations += tried
      guard let start, let other = shrink(start) else { break }
      evaluations += other.evaluations
      best = other
    }
    return Result(program: program(of: best.testCase), evaluations: evaluations)
  }

  /// Shrinks a program; nil where it does not fail in this way, or no choices make it.
  public func minimise(
    _ program: Program, keeping fingerprint: Fingerprint, restartingFrom seed: UInt64 = 0,
    evaluate: @escaping (Program) -> Attempt
  ) -> Result? {
    grammar.testCase(of: program).flatMap {
      minimise($0, keeping: fingerprint, restartingFrom: seed, evaluate: evaluate)
    }
  }

  private func evaluate(
    _ candidate: TestCase, _ run: (Program) -> Attempt
  ) -> Evaluation<Fingerprint> {
    var choices = Choices(replaying: candidate)
    let program = grammar.program(from: &choices)
    var consumed = choices.recorded
    let failure = run(program).failure
    // What stands behind the failing step was never run.
    if let failure, failure.step >= 0, failure.step + 2 < consumed.records.count {
      consumed.records.removeSubrange((failure.step + 2)...)
    }
    return Evaluation(testCase: consumed, fingerprint: failure?.fingerprint)
  }

  /// The first program with a command less and another one replaced that fails in the same way, and
  /// how many were run.
  private func replacing(
    _ program: Program, keeping fingerprint: Fingerprint, _ evaluate: (Program) -> Attempt
  ) -> (testCase: TestCase?, tried: Int) {
    let alphabet = Alphabet(of: program)
    let steps = alphabet.plainSteps
    var tried = 0
    for deleted in program.steps.indices {
      var candidate = program
      candidate.steps.remove(at: deleted)
      for replaced in candidate.steps.indices {
        let old = candidate.steps[replaced]
        for step in alphabet.variants(of: old) + steps where step != old {
          guard tried < replacements else { return (nil, tried) }
          tried += 1
          candidate.steps[replaced] = step
          guard evaluate(candidate).failure?.fingerprint == fingerprint,
            let testCase = grammar.testCase(of: candidate)
          else { continue }
          return (testCase, tried)
        }
        candidate.steps[replaced] = old
      }
    }
    return (nil, tried)
  }

  /// The first program with fewer commands that fails in the same way, and how many were run.
  private func shorter(
    _ program: Program, keeping fingerprint: Fingerprint, _ evaluate: (Program) -> Attempt
  ) -> (testCase: TestCase?, tried: Int) {
    guard shorterPrograms > 0 else { return (nil, 0) }
    let few = Alphabet(sweeping: program.configuration, faults: true)
    var tried = 0
    for (alphabet, budget) in [(Alphabet(of: program), 1), (few, 10)] {
      let answer = MinimalityProof(budget: budget * shorterPrograms)(
        program, keeping: fingerprint, of: alphabet, evaluate: evaluate)
      tried += answer.tried
      if let smaller = answer.smaller.flatMap({ try? Program(text: $0) }) {
        return (grammar.testCase(of: smaller), tried)
      }
    }
    return (nil, tried)
  }

  private func program(of testCase: TestCase) -> Program {
    var choices = Choices(replaying: testCase)
    return grammar.program(from: &choices)
  }
}
