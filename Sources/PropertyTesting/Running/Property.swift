/// A case that fails, and how.
public struct Finding<Fingerprint: Hashable> {
  /// What was chosen.
  public let testCase: TestCase
  /// In what way it fails.
  public let fingerprint: Fingerprint
  /// The seed that found it, if one did.
  public let seed: UInt64?

  /// Describes a finding.
  public init(testCase: TestCase, fingerprint: Fingerprint, seed: UInt64? = nil) {
    self.testCase = testCase
    self.fingerprint = fingerprint
    self.seed = seed
  }
}

/// What came of running one case.
public struct Evaluation<Fingerprint: Hashable> {
  /// The case as the grammar consumed it.
  public let testCase: TestCase
  /// In what way it failed; `nil` if it passed or was discarded.
  public let fingerprint: Fingerprint?
  /// Whether the case says nothing.
  public let isDiscarded: Bool
  /// What the run said about itself.
  public let notes: Notes

  /// Describes an evaluation.
  public init(
    testCase: TestCase, fingerprint: Fingerprint?, isDiscarded: Bool = false,
    notes: Notes = Notes()
  ) {
    self.testCase = testCase
    self.fingerprint = fingerprint
    self.isDiscarded = isDiscarded
    self.notes = notes
  }
}

/// Something that should hold for every program.
///
/// The check builds its program from the choices, runs it, and answers `nil` or in what way it
/// failed; it throws ``Discard`` for a program that says nothing. It may run command by command while
/// it chooses; if it stops asking at the first failing command, the records after it are gone before
/// shrinking begins.
public struct Property<Fingerprint: Hashable> {
  /// A check of what the choices make.
  public typealias Check = (inout Choices) throws(Discard) -> Fingerprint?

  /// The most commands that a random program has.
  public let maximumLength: Int

  @usableFromInline let check: Check

  /// Makes a property of a check.
  public init(maximumLength: Int, check: @escaping Check) {
    self.maximumLength = maximumLength
    self.check = check
  }

  /// Runs the program that the choices make, and leaves them as they then are.
  public func run(_ choices: inout Choices) -> Evaluation<Fingerprint> {
    do throws(Discard) {
      let fingerprint = try check(&choices)
      return Evaluation(
        testCase: choices.recorded, fingerprint: fingerprint, notes: choices.notes)
    } catch {
      return Evaluation(
        testCase: choices.recorded, fingerprint: nil, isDiscarded: true, notes: choices.notes)
    }
  }

  /// Runs the program that the choices make, which nobody needs afterwards.
  public func evaluate(_ choices: consuming Choices) -> Evaluation<Fingerprint> {
    var choices = choices
    return run(&choices)
  }

  /// Runs the program that belongs to a seed.
  public func run(seed: UInt64) -> Finding<Fingerprint>? {
    guard evaluate(Choices(seed: seed, maximumLength: maximumLength)).fingerprint != nil else {
      return nil
    }
    let recorded = evaluate(Choices(seed: seed, maximumLength: maximumLength, recording: true))
    return recorded.fingerprint.map {
      Finding(testCase: recorded.testCase, fingerprint: $0, seed: seed)
    }
  }

  /// Runs the program that belongs to a byte string.
  public func run(bytes: some Collection<UInt8>) -> Finding<Fingerprint>? {
    let evaluation = evaluate(Choices(bytes: bytes, recording: true))
    return evaluation.fingerprint.map {
      Finding(testCase: evaluation.testCase, fingerprint: $0)
    }
  }

  /// Runs a recorded case again.
  public func evaluate(_ testCase: TestCase) -> Evaluation<Fingerprint> {
    evaluate(Choices(replaying: testCase))
  }

  /// The first of the seeds whose program fails.
  public func firstFinding(in seeds: some Sequence<UInt64>) -> Finding<Fingerprint>? {
    for seed in seeds {
      if let finding = run(seed: seed) { return finding }
    }
    return nil
  }

  /// The simplest case found that fails in the same way; `nil` if this one does not fail so again.
  public func shrink(
    _ finding: Finding<Fingerprint>, with shrinker: Shrinker = Shrinker()
  ) -> ShrinkResult? {
    shrink(finding.testCase, as: finding.fingerprint, shrinker)
  }

  private func shrink(
    _ testCase: TestCase, as fingerprint: Fingerprint, _ shrinker: Shrinker
  ) -> ShrinkResult? {
    shrinker.shrink(testCase, keeping: fingerprint, evaluate: evaluate)
  }

  /// Tries all programs with fewer commands; all choices must be bounded, and few.
  ///
  /// - Parameters:
  ///   - length: the number of commands of the failing case.
  ///   - fingerprint: the way to fail; other failures do not count.
  ///   - budget: the most programs that may be run.
  public func prove(
    below length: Int, keeping fingerprint: Fingerprint, budget: Int = 1_000_000
  ) -> ProofResult {
    Prover(budget: budget).prove(below: length, keeping: fingerprint) { choices, _ in
      Trial(fingerprint: run(&choices).fingerprint)
    }
  }

  /// Shrinks a finding and up to `restarts` others that fail in the same way, and keeps the simplest.
  ///
  /// Another way down leaves a local minimum behind. Cases of at most three commands are not
  /// started again. The evaluations of all starts are counted together, with the programs that were run
  /// to find them.
  public func shrink(
    _ finding: Finding<Fingerprint>, with shrinker: Shrinker = Shrinker(),
    restartingFrom seeds: some Sequence<UInt64>, restarts: Int
  ) -> ShrinkResult? {
    guard var best = shrink(finding, with: shrinker) else { return nil }
    var remaining = restarts
    var rest = seeds.makeIterator()
    while remaining > 0, best.testCase.length > 3, let seed = rest.next() {
      best.evaluations += 1
      let choices = Choices(seed: seed, maximumLength: maximumLength, recording: true)
      let other = evaluate(choices)
      guard other.fingerprint == finding.fingerprint else { continue }
      remaining -= 1
      if let result = shrink(other.testCase, as: finding.fingerprint, shrinker) {
        best = best.merged(with: result)
      }
    }
    return best
  }
}
