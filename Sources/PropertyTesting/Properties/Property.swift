/// Something that should hold for every program.
///
/// The check builds its program from the choices, runs it, and answers `nil` or in what way it
/// failed; it throws ``Discard`` for a program that says nothing. It may run command by command
/// while it chooses; if it stops asking at the first failing command, the records after it are gone
/// before shrinking begins.
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
  public func run(seed: UInt64) -> FailingCase<Fingerprint>? {
    guard evaluate(Choices(seed: seed, maximumLength: maximumLength)).fingerprint != nil else {
      return nil
    }
    let recorded = evaluate(Choices(seed: seed, maximumLength: maximumLength, recording: true))
    return recorded.fingerprint.map {
      FailingCase(testCase: recorded.testCase, fingerprint: $0, seed: seed)
    }
  }

  /// Runs the program that belongs to a byte string.
  public func run(bytes: some Collection<UInt8>) -> FailingCase<Fingerprint>? {
    let evaluation = evaluate(Choices(bytes: bytes, recording: true))
    return evaluation.fingerprint.map {
      FailingCase(testCase: evaluation.testCase, fingerprint: $0)
    }
  }

  /// Runs a recorded case again.
  public func evaluate(_ testCase: TestCase) -> Evaluation<Fingerprint> {
    evaluate(Choices(replaying: testCase))
  }
}
