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
  /// One of its programs, before it runs on the next backend.
  public struct Trial {
    /// Counted from 0.
    public let number: UInt64
    public let program: Program
    /// The seed that makes the program by itself; nil where it was built upon others.
    public let seed: UInt64?
    /// What was chosen for it, recorded where there is feedback.
    public internal(set) var choices: Choices
    /// The ways in which it failed so far.
    public internal(set) var failures: [Fingerprint] = []
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
    /// Which of the ways in which the program fails this is, from 1, the backends in their order.
    public let rank: Int
  }

  /// What came of it.
  public struct Result: Sendable {
    /// The first program for each way to fail.
    public internal(set) var findings: [Finding] = []
    /// How many programs failed only in ways that were known.
    public internal(set) var repeats = 0
    /// How many programs were begun, those that were skipped included.
    public internal(set) var programs: UInt64

    public var finding: Finding? { findings.first }
  }

  /// The seed of a program by its number, the first being 0.
  public func seed(ofProgram number: UInt64) -> UInt64 { seed &+ number }

  /// Runs programs until enough ways to fail are found.
  ///
  /// A program that failed is not built upon: what follows would fail in the same way.
  ///
  /// - Parameters:
  ///   - first: the number of the first program.
  ///   - limit: how many ways to fail are enough.
  ///   - known: ways to fail that are counted only.
  ///   - willRun: hears what runs next, and the number of the backend.
  ///   - didFind: hears of each finding at once.
  ///   - isDone: asked before each program, by its number; true ends the campaign.
  public func run(
    with lockstep: Lockstep, from first: UInt64 = 0, findings limit: Int = 1,
    known: [Fingerprint] = [], willRun: (Trial, Int) -> Void = { _, _ in },
    didFind: (Finding) -> Void = { _ in }, isDone: (UInt64) -> Bool
  ) -> Result {
    var result = Result(programs: first)
    var known = known
    var corpus = Corpus()
    while !isDone(result.programs) {
      var trial = trial(result.programs, &corpus)
      result.programs += 1
      let before = known.count
      for (index, backend) in backends.enumerated() {
        willRun(trial, index)
        let fingerprint = lockstep.run(trial.program, on: backend)?.fingerprint
        trial.choices.notes.add(lockstep.notes)
        guard let fingerprint, !trial.failures.contains(fingerprint) else { continue }
        trial.failures.append(fingerprint)
        guard !known.contains(fingerprint) else { continue }
        known.append(fingerprint)
        result.findings.append(Finding(trial, on: backend, fingerprint))
        didFind(result.findings[result.findings.count - 1])
        if result.findings.count == limit { return result }
      }
      if !trial.failures.isEmpty {
        if known.count == before { result.repeats += 1 }
      } else if hasFeedback {
        corpus.offer(trial.choices)
      }
    }
    return result
  }

  /// Runs a number of programs.
  public func run(
    programs: UInt64, with lockstep: Lockstep, findings limit: Int = 1
  ) -> Result {
    run(with: lockstep, findings: limit) { $0 >= programs }
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
    rank = trial.failures.count
    self.backend = backend
    self.fingerprint = fingerprint
  }
}
