import PropertyTesting
import SharingModel

/// Proves that no program with fewer commands fails in the same way, on the same backend and machine.
public struct MinimalityProof: Sendable {
  /// The most programs that it may run.
  public var budget: Int

  /// What is affordable where programs run in this process, and where each may cost one.
  public static var usualBudget: Int { 10_000_000 }
  public static var deadlyBudget: Int { 20_000 }

  public init(budget: Int = Self.usualBudget) {
    self.budget = budget
  }

  /// Tries all programs of an alphabet that have fewer commands.
  ///
  /// - Parameters:
  ///   - alphabet: that of the program, unless it is another one.
  ///   - fingerprint: how the program fails.
  ///   - trying: hears the length of the next program and how many were run before it.
  ///   - evaluate: runs a program where the given one fails.
  public func callAsFunction(
    _ program: Program, keeping fingerprint: Fingerprint, of alphabet: Alphabet? = nil,
    trying: (_ length: Int, _ tried: Int) -> Void = { _, _ in },
    evaluate: (Program) -> Attempt
  ) -> Minimality {
    let alphabet = alphabet ?? Alphabet(of: program)
    // A program fails at its last command or at its end: what fails sooner is longer than it need be.
    let last: Command.Kind? = if case .command(let kind) = fingerprint.command { kind } else { nil }
    let result = Prover(budget: budget).prove(
      below: program.steps.count, keeping: fingerprint, trying: trying
    ) { choices, length in
      let candidate = alphabet.program(from: &choices, length: length, endingWith: last)
      let attempt = evaluate(candidate)
      return Trial(
        fingerprint: attempt.failure?.fingerprint, relevance: attempt.relevance(to: candidate))
    }
    var minimality = Minimality(
      length: program.steps.count, tried: result.tried, alphabet: alphabet.lines)
    switch result {
    case .proved: break
    case .outOfBudget(let length, _): minimality.reached = length
    case .found(let testCase, _):
      var choices = Choices(replaying: testCase)
      minimality.smaller =
        alphabet.program(from: &choices, length: testCase.length, endingWith: last).text
    }
    return minimality
  }
}

extension Attempt {
  /// How much of a candidate can have made a difference.
  ///
  /// Behind an idle step all is as it is in the program without that step, which is shorter; behind
  /// a fault that did not strike all is as it is without the fault, which is simpler. A hypercall's
  /// fault that did not strike does not strike at a later position or in another mode either, and no
  /// fault strikes a step that is idle. What stands behind a failing step never runs.
  func relevance(to program: Program) -> Relevance {
    switch idle {
    case .step(let index):
      return program.steps[index].command.kind.canFail
        ? .commandsButLastChoice(index + 1) : .commands(index + 1)
    case .fault(let index):
      return program.steps[index].fault == .heapAllocation
        ? .commands(index + 1) : .commandsButLastChoice(index + 1)
    case nil: break
    }
    guard let failure, failure.step < program.steps.count else { return .everything }
    return .commands(failure.step + 1)
  }
}
