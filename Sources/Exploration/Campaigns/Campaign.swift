import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Many programs, each on every chosen backend.
///
/// Every program has a seed: the first one's plus its number. Without feedback the program is that
/// of its seed. With feedback, programs that reached new abstract states are kept, and of the later
/// ones most are built upon those; then the whole campaign has to be repeated to meet one again, or
/// its text replayed. Either way all of it follows from seed, backends and system.
package struct Campaign: Explorer {
  package var backends: [Backend]
  package var seed: UInt64
  /// Whether programs that reach something new are built upon.
  package var hasFeedback: Bool
  /// The number of the first program.
  package var first: UInt64 = 0
  /// The number of the program before which it ends; nil for no limit.
  package var programs: UInt64?
  /// How long it lasts; nil for no limit.
  package var seconds: Double?
  /// How many ways to fail are enough.
  package var findings: Int
  /// Ways to fail that are counted only.
  package var known: [Fingerprint] = []

  package init(
    backends: [Backend], seed: UInt64, feedback: Bool = true, programs: UInt64? = nil,
    seconds: Double? = nil, findings: Int = 1, known: [Fingerprint] = []
  ) {
    self.backends = backends
    self.seed = seed
    self.hasFeedback = feedback
    self.programs = programs
    self.seconds = seconds
    self.findings = findings
    self.known = known
  }

  /// The result of a campaign.
  package struct Result: Codable, Sendable {
    /// The first program for each way to fail, in the order in which they were found.
    package var findings: [Finding] = []
    /// How many runs there would have been of programs whose machine the system turned down.
    package var turnedDown = 0
    /// How many programs failed only in ways that were known.
    package var repeats = 0
    /// The number of the program after the last that was begun.
    package var programs: UInt64
    package var commands = 0
    package var seconds = 0.0
    /// Nil where a process died before it could say.
    package var coverage: CoverageSummary?
    /// The invariants that no program could check, though a process can check them by itself.
    package var neverChecked: [String] = []

    package var finding: Finding? { findings.first }
  }

  /// The seed of a program by its number, the first being 0.
  package func seed(ofProgram number: UInt64) -> UInt64 { seed &+ number }
}

extension Campaign {
  /// Runs programs until enough ways to fail are found, or there are no more.
  ///
  /// A program that failed is not built upon: what follows would fail in the same way.
  package func explore(on stage: any Stage) throws -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    var result = Result(programs: first)
    var known = known
    var corpus = Corpus()
    var checked = [Bool](repeating: false, count: Invariant.all.count)
    let grammar = stage.grammar
    exploring: while !isDone(result.programs, start.duration(to: clock.now)) {
      var (next, choices) = next(result.programs, grammar, &corpus)
      result.programs += 1
      tell(result, on: stage)
      let before = known.count
      var failures: [Fingerprint] = []
      for backend in backends {
        next.backend = backend
        next.failures = failures.count
        guard let run = try stage.play(next) else {
          result.turnedDown += 1
          continue
        }
        choices.notes.add(run.notes)
        for index in run.checked.indices where run.checked[index] { checked[index] = true }
        guard let fingerprint = run.verdict.fingerprint, !failures.contains(fingerprint) else {
          continue
        }
        failures.append(fingerprint)
        guard !known.contains(fingerprint) else { continue }
        known.append(fingerprint)
        let finding = Finding(
          next.program, on: backend, run.verdict, from: origin(of: next))
        result.findings.append(finding)
        stage.tell(finding)
        if result.findings.count == findings { break exploring }
      }
      if !failures.isEmpty {
        if known.count == before { result.repeats += 1 }
      } else if hasFeedback {
        corpus.offer(choices)
      }
    }
    result.commands = stage.commands
    result.coverage = stage.coverage.map(CoverageSummary.init)
    result.neverChecked = zip(Invariant.all, checked)
      .filter { !$1 && $0.needs != .supervision }.map(\.0.id)
    result.seconds = start.duration(to: clock.now).seconds
    return result
  }

  private func isDone(_ number: UInt64, _ spent: Duration) -> Bool {
    number >= programs ?? .max || spent.seconds >= seconds ?? .infinity
  }

  private func tell(_ result: Result, on stage: any Stage) {
    var progress = ExplorerProgress()
    progress.programs = result.programs
    progress.commands = UInt64(stage.commands)
    progress.states = UInt64(stage.coverage?.distinctStates ?? 0)
    stage.tell(progress)
  }

  private func next(
    _ number: UInt64, _ grammar: Grammar, _ corpus: inout Corpus
  ) -> (Case, Choices) {
    let seed = seed(ofProgram: number)
    let length = grammar.maximumLength(seed: seed)
    var (choices, isBuilt) =
      hasFeedback
      ? corpus.next(seed: seed, maximumLength: length)
      : (Choices(seed: seed, maximumLength: length), false)
    let program = grammar.program(from: &choices)
    let next = Case(
      program, on: backends[0], number: number,
      recipe: isBuilt ? .choices(choices) : .seed(seed))
    return (next, choices)
  }

  package func origin(of found: Case) -> Finding.Origin {
    var seed: UInt64?
    if case .seed(let own) = found.recipe { seed = own }
    return .campaign(number: found.number, seed: seed, rank: found.failures + 1)
  }
}

// MARK: - Deaths

extension Campaign {
  /// The killed program counts as run; where its way to fail was known, it is one more of those.
  package func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> Result {
    var result = Result(programs: max(progress.programs, first + 1))
    result.findings = earlier
    result.commands = Int(clamping: progress.commands)
    let seen = known + earlier.compactMap(\.fingerprint)
    if let fingerprint = finding.fingerprint, seen.contains(fingerprint) {
      result.repeats = 1
    } else {
      result.findings.append(finding)
    }
    return result
  }

  /// The campaign after the program that ended a process; nil where it is done.
  package func resumed(after result: Result) -> Campaign? {
    var rest = self
    rest.first = result.programs
    rest.findings = findings - result.findings.count
    rest.known += result.findings.compactMap(\.fingerprint)
    if let seconds { rest.seconds = max(seconds - result.seconds, 0) }
    let isDone =
      rest.findings <= 0 || rest.first >= programs ?? .max || rest.seconds ?? .infinity <= 0
    return isDone ? nil : rest
  }

  package func line(_ progress: ExplorerProgress, seconds spent: Double) -> String {
    let rate = spent > 0 ? Int(Double(progress.commands) / spent) : 0
    var left = ""
    let done = progress.programs &- first
    if let seconds {
      left = ", \(Int(max(seconds - spent, 0))) s left"
    } else if let programs, done > 0 {
      let rest = spent / Double(done) * Double(programs - min(progress.programs, programs))
      left = rest < 1e9 ? ", \(Int(rest)) s left" : ""
    }
    return "\(progress.programs) programs, \(rate) commands/s, \(progress.states) states\(left)"
  }
}

extension Campaign.Result {
  /// Adds what was done after a process had died.
  package mutating func add(_ later: Campaign.Result) {
    findings += later.findings
    turnedDown += later.turnedDown
    repeats += later.repeats
    programs = later.programs
    commands += later.commands
    seconds += later.seconds
    coverage = nil
    neverChecked = []
  }
}

extension Duration {
  /// In seconds, for people; it decides nothing but when a campaign ends that lasts so long.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
