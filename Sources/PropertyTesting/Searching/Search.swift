/// Runs many programs of a property, makes small what fails, and says what was covered.
///
/// Programs are drawn from the seed, or built upon earlier ones that reached a new state or a
/// higher score, where the property notes such (``Notes``). The same search gives the same report,
/// in every build.
public struct Search: Sendable {
  /// What decides which programs are run.
  public var seed: UInt64
  /// How many are run.
  public var programs: Int
  /// The labels that must be reached for the search to pass.
  public var required: [String]
  /// After how many different ways to fail it ends; what is required is then not asked.
  public var maximumFindings = 5
  /// What makes a failing case small.
  public var shrinker = Shrinker()
  /// How many other cases that fail in the same way are made small too, to keep the smallest.
  public var restarts = 2

  /// Describes a search.
  ///
  /// - Parameters:
  ///   - seed: what decides which programs are run.
  ///   - programs: how many are run.
  ///   - required: labels that some program must have.
  public init(seed: UInt64 = 1, programs: Int = 500, required: [String] = []) {
    precondition(programs > 0, "a search runs programs")
    self.seed = seed
    self.programs = programs
    self.required = required
  }

  /// Runs the programs.
  public func run<Fingerprint>(_ property: Property<Fingerprint>) -> Report<Fingerprint> {
    var report = Report<Fingerprint>(search: self)
    var corpus = Corpus(plateau: 16)
    var seeds = RandomNumbers(seed: seed)
    while report.statistics.programs < programs, report.findings.count < maximumFindings {
      let seed = seeds.next()
      var (choices, isBuilt) = corpus.next(seed: seed, maximumLength: property.maximumLength)
      let evaluation = property.run(&choices)
      report.statistics.add(evaluation)
      if let fingerprint = evaluation.fingerprint {
        let finding = FailingCase(
          testCase: evaluation.testCase, fingerprint: fingerprint, seed: isBuilt ? nil : seed)
        add(finding, of: property, restartingFrom: seed, to: &report)
      } else if !evaluation.isDiscarded {
        corpus.offer(choices)
      }
      report.complaints += health(report.statistics)
      guard report.complaints.isEmpty else { break }
    }
    report.statistics.states = corpus.states
    report.statistics.bestScore = corpus.bestScore
    if report.statistics.programs == programs, report.complaints.isEmpty {
      report.complaints += coverage(report.statistics)
    }
    return report
  }

  /// Makes a finding small, unless one fails in the same way.
  private func add<Fingerprint>(
    _ finding: FailingCase<Fingerprint>, of property: Property<Fingerprint>,
    restartingFrom seed: UInt64, to report: inout Report<Fingerprint>
  ) {
    guard !report.findings.contains(where: { $0.fingerprint == finding.fingerprint }) else {
      return
    }
    let program = report.statistics.programs
    let others = sequence(state: RandomNumbers(seed: seed)) { $0.next() }.prefix(programs)
    let shrunk = property.shrink(
      finding, with: shrinker, restartingFrom: others, restarts: restarts)
    guard let shrunk else { return report.complaints.append(.unstable(program: program)) }
    report.findings.append(.init(original: finding, program: program, shrunk: shrunk))
  }
}

// MARK: - What a search must not pass over

extension Search {
  /// What is so wrong already that going on is no use: nine in ten programs or steps lost.
  private func health(_ statistics: Statistics) -> [Complaint] {
    // Some programs lack by chance what others need, so a few hundred steps say nothing.
    complaints(statistics, programs: 50, steps: 1000)
  }

  /// What is wrong at the end; also commands that never could be done, and required labels.
  private func coverage(_ statistics: Statistics) -> [Complaint] {
    let idle = statistics.refusals.names.filter { name in
      statistics.refusals[name] >= 50 && statistics.commands[name] == 0
    }
    let isVain = statistics.valid == 0 || statistics.commands.total == 0
    return complaints(statistics, programs: isVain ? 1 : 20, steps: isVain ? 1 : 50)
      + idle.map { .neverRun(command: $0, refusals: statistics.refusals[$0]) }
      + required.filter { statistics.labels[$0] == 0 }.map { .notReached(label: $0) }
  }

  /// What is lost, if it is at least as much as given and more than nine times what is kept.
  private func complaints(
    _ statistics: Statistics, programs leastDiscards: Int, steps leastRefusals: Int
  ) -> [Complaint] {
    var result: [Complaint] = []
    let (discards, refusals) = (statistics.discards, statistics.refusals.total)
    if discards >= leastDiscards, discards > 9 * statistics.valid {
      result.append(.mostlyDiscarded(discards: discards, programs: statistics.programs))
    }
    if refusals >= leastRefusals, refusals > 9 * statistics.commands.total {
      result.append(.mostlyRefused(refusals: refusals, steps: statistics.commands.total))
    }
    return result
  }
}
