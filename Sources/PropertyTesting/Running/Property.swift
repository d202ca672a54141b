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

/// What came of running one candidate.
public struct Evaluation<Fingerprint: Hashable> {
  /// The candidate as the grammar consumed it.
  public let testCase: TestCase
  /// In what way it failed; `nil` if it passed.
  public let fingerprint: Fingerprint?

  /// Describes an evaluation.
  public init(testCase: TestCase, fingerprint: Fingerprint?) {
    self.testCase = testCase
    self.fingerprint = fingerprint
  }
}

/// Something that should hold for every program.
///
/// The check builds its program from the choices, runs it, and answers `nil` or in what way it
/// failed. It may run command by command while it chooses; if it stops asking at the first failing
/// command, the records after it are gone before shrinking begins.
public struct Property<Fingerprint: Hashable> {
  /// The most commands that a random program has.
  public let maximumLength: Int

  @usableFromInline let check: (inout Choices) -> Fingerprint?

  /// Makes a property of a check.
  public init(maximumLength: Int, check: @escaping (inout Choices) -> Fingerprint?) {
    self.maximumLength = maximumLength
    self.check = check
  }

  /// Runs the program that belongs to a seed.
  public func run(seed: UInt64) -> Finding<Fingerprint>? {
    var choices = Choices(seed: seed, maximumLength: maximumLength)
    guard check(&choices) != nil else { return nil }
    var recording = Choices(seed: seed, maximumLength: maximumLength, recording: true)
    guard let fingerprint = check(&recording) else { return nil }
    return Finding(testCase: recording.recorded, fingerprint: fingerprint, seed: seed)
  }

  /// Runs the program that belongs to a byte string.
  public func run(bytes: some Collection<UInt8>) -> Finding<Fingerprint>? {
    var choices = Choices(bytes: bytes, recording: true)
    guard let fingerprint = check(&choices) else { return nil }
    return Finding(testCase: choices.recorded, fingerprint: fingerprint)
  }

  /// Runs a recorded case again.
  public func evaluate(_ testCase: TestCase) -> Evaluation<Fingerprint> {
    var choices = Choices(replaying: testCase)
    let fingerprint = check(&choices)
    return Evaluation(testCase: choices.recorded, fingerprint: fingerprint)
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
    shrinker.shrink(finding.testCase, keeping: finding.fingerprint, evaluate: evaluate)
  }

  /// Shrinks a finding and up to `restarts` others that fail in the same way, and keeps the simplest.
  ///
  /// Another way down leaves a local minimum behind. Cases of at most three commands are not
  /// started again; the evaluations of all starts are counted together.
  public func shrink(
    _ finding: Finding<Fingerprint>, with shrinker: Shrinker = Shrinker(),
    restartingFrom seeds: some Sequence<UInt64>, restarts: Int
  ) -> ShrinkResult? {
    guard var best = shrink(finding, with: shrinker) else { return nil }
    var remaining = restarts
    var rest = seeds.makeIterator()
    while remaining > 0, best.testCase.length > 3, let seed = rest.next() {
      guard let other = run(seed: seed), other.fingerprint == finding.fingerprint else { continue }
      remaining -= 1
      if let result = shrink(other, with: shrinker) { best = best.merged(with: result) }
    }
    return best
  }
}
