/// Proves that a failing case is minimal, by trying every shorter one.
///
/// What a shrinker cannot make smaller may still be a local minimum; this is the other side of the
/// claim. A case is made of an alphabet: a grammar of bounded choices, so that an ``Odometer`` can
/// count through it. Nothing here is random or clever, so that it can be believed.
public struct Prover: Sendable {
  /// The most cases that may be run.
  public var budget: Int

  /// Makes a prover.
  public init(budget: Int) {
    self.budget = budget
  }

  /// Tries all cases of 0 commands, of 1, and so on below `length`.
  ///
  /// - Parameters:
  ///   - length: the number of commands of the case that is to be minimal.
  ///   - fingerprint: the way to fail; other failures do not count.
  ///   - trying: hears the length of the next case and how many were run before it.
  ///   - evaluate: chooses a case of so many commands, runs it, and says what came of it.
  public func prove<Fingerprint: Hashable, Failure: Error>(
    below length: Int, keeping fingerprint: Fingerprint,
    trying: (_ length: Int, _ tried: Int) -> Void = { _, _ in },
    evaluate: (_ choices: inout Choices, _ length: Int) throws(Failure) -> Trial<Fingerprint>
  ) throws(Failure) -> ProofResult {
    var tried = 0
    for shorter in 0..<max(length, 0) {
      var odometer = Odometer(length: shorter)
      while true {
        // Whether there is one more case shows only when it is asked for.
        let isSpent = tried >= budget
        trying(shorter, tried)
        let turn = try odometer.turn { (choices) throws(Failure) -> Trial<Fingerprint>? in
          isSpent ? nil : try evaluate(&choices, shorter)
        }
        guard let turn else { break }
        guard let trial = turn else { return .outOfBudget(length: shorter, tried: tried) }
        precondition(odometer.hasChosen, "a case must be chosen from the choices that are given")
        tried += 1
        if trial.fingerprint == fingerprint { return .found(odometer.testCase, tried: tried) }
        odometer.skip(trial.relevance)
      }
    }
    return .proved(tried: tried)
  }
}

extension Odometer {
  /// Passes over what cannot make a difference.
  mutating func skip(_ relevance: Relevance) {
    switch relevance {
    case .everything: break
    case .commands(let count): skip(keeping: count)
    case .commandsButLastChoice(let count): skip(keeping: count, spendingLastChoice: true)
    }
  }
}
