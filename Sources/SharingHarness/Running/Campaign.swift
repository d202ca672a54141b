import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// Many programs, each on every chosen backend.
///
/// Every program has a seed: the first one's plus its number. Without feedback the program is that
/// of its seed. With feedback, programs that reached new abstract states are kept, and of the later
/// ones most are built upon those; then the whole campaign has to be repeated to meet one again, or
/// its text replayed. Either way all of it follows from seed, backends and system.
public struct Campaign: Sendable {
  public let grammar: Grammar
  public let backends: [Backend]
  public let seed: UInt64
  /// Whether programs that reach something new are built upon.
  public let hasFeedback: Bool

  public init(
    grammar: Grammar = Grammar(), backends: [Backend], seed: UInt64, feedback: Bool = true
  ) {
    self.grammar = grammar
    self.backends = backends
    self.seed = seed
    self.hasFeedback = feedback
  }
}

extension Campaign {
  /// One of its programs, before it runs.
  public struct Trial {
    /// Counted from 0.
    public let number: UInt64
    public let program: Program
    /// The seed that makes the program by itself; nil where it was built upon others.
    public let seed: UInt64?
    /// What was chosen for it, recorded where there is feedback.
    public internal(set) var choices: Choices
  }

  /// A program that does not hold, and where.
  public struct Finding: Equatable, Sendable {
    /// The number of the program.
    public let number: UInt64
    public let program: Program
    /// The seed that makes the program by itself; nil where it was built upon others.
    public let seed: UInt64?
    public let backend: Backend
    public let fingerprint: Fingerprint
  }

  /// The seed of a program by its number, the first being 0.
  public func seed(ofProgram number: UInt64) -> UInt64 { seed &+ number }

  /// Runs programs up to the first that does not hold.
  ///
  /// - Parameters:
  ///   - willRun: hears what runs next, and the number of the backend.
  ///   - isDone: asked before each program, by its number; true ends the campaign.
  /// - Returns: what was found, and how many programs were begun.
  public func run(
    with lockstep: Lockstep, willRun: (Trial, Int) -> Void = { _, _ in },
    isDone: (UInt64) -> Bool
  ) -> (finding: Finding?, programs: UInt64) {
    var corpus = Corpus()
    var number: UInt64 = 0
    while !isDone(number) {
      var trial = trial(number, &corpus)
      for (index, backend) in backends.enumerated() {
        willRun(trial, index)
        let fingerprint = lockstep.run(trial.program, on: backend)?.fingerprint
        if let fingerprint {
          return (Finding(trial, on: backend, fingerprint), number + 1)
        }
        trial.choices.notes.add(lockstep.notes)
      }
      if hasFeedback { corpus.offer(trial.choices) }
      number += 1
    }
    return (nil, number)
  }

  /// Runs a number of programs.
  public func run(
    programs: UInt64, with lockstep: Lockstep
  ) -> (finding: Finding?, programs: UInt64) {
    run(with: lockstep) { $0 >= programs }
  }

  private func trial(_ number: UInt64, _ corpus: inout Corpus) -> Trial {
    let seed = seed(ofProgram: number)
    let length = grammar.maximumLength
    var (choices, isBuilt) =
      hasFeedback
      ? corpus.next(seed: seed, maximumLength: length)
      : (Choices(seed: seed, maximumLength: length), false)
    let program = grammar.program(from: &choices)
    return Trial(number: number, program: program, seed: isBuilt ? nil : seed, choices: choices)
  }
}

extension Campaign.Finding {
  fileprivate init(_ trial: Campaign.Trial, on backend: Backend, _ fingerprint: Fingerprint) {
    number = trial.number
    program = trial.program
    seed = trial.seed
    self.backend = backend
    self.fingerprint = fingerprint
  }
}
