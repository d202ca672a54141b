import ArgumentParser
import Exploration
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Checks many random programs.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Check random programs, one for each seed from a first one on.",
    discussion: """
      Each program runs on each chosen backend, in a child process: a trap, a hang or runaway \
      memory is a violation like any other. The first violation ends the run, or as many different \
      ones as --findings says; the program of each is shrunk, and one bug may show as several. \
      Programs that reach something new are kept, and most of the later ones are built upon \
      them; --feedback off runs the program of each seed instead. At its end a run says which \
      labels it reached; "list labels" has them all, and --require-reach fails where some were \
      reached too seldom.
      """)

  enum Feedback: String, ExpressibleByArgument, CaseIterable { case on, off }

  @OptionGroup var choosing: SystemOptions

  @Option(parsing: .unconditional, help: "The seed of the first program; the next has the next.")
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many programs to run. (default: 10000)", valueName: "n"))
  var programs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long to run, instead of a number of programs.", valueName: "t"))
  var seconds: Double?

  @Option(parsing: .unconditional, help: "Whether to build upon programs that reach something new.")
  var feedback = Feedback.on

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many ways to fail, which differ in invariant or kind of command, are enough.",
      valueName: "n"))
  var findings = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What programs leave out, separated by commas: host-writes, pins, faults, nested-calls.",
      valueName: "parts"))
  var without: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A file of ways to fail that are known, and only counted: lines of invariant and command.",
      valueName: "file"))
  var known: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A folder that keeps the small program of each violation, with its story.",
      valueName: "folder"))
  var save: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "In how many runs of a program on a backend each label must have been reached.",
      valueName: "n"))
  var requireReach: Int?

  @Option(parsing: .unconditional, help: "How to report.")
  var format = ReportFormat.text

  @OptionGroup var process: ProcessOptions

  func validate() throws {
    if programs != nil, seconds != nil {
      throw ValidationError("--programs and --seconds exclude each other")
    }
    if let programs, programs < 1 { throw ValidationError("--programs must be at least 1") }
    if findings < 1 { throw ValidationError("--findings must be at least 1") }
    if let requireReach, requireReach < 1 {
      throw ValidationError("--require-reach must be at least 1")
    }
    if let seconds, !(seconds > 0 && seconds <= 1e7) {
      throw ValidationError("--seconds must be more than 0, and at most 10000000")
    }
  }

  func run() throws {
    var system = try choosing.system()
    system.subject.leftOut = try without.map { try ProgramParts(words: $0) } ?? []
    let folder = try save.map(Folder.init)
    let campaign = Campaign(
      backends: system.backends, seed: seed, feedback: feedback == .on,
      programs: seconds == nil ? UInt64(programs ?? 10_000) : nil, seconds: seconds,
      findings: findings, known: try known.map(KnownFailures.read) ?? [])
    let supervisor = process.supervisor(of: system.subject)
    let (result, deaths) = try supervisor.run(campaign: campaign)
    if result.turnedDown == Int(result.programs) * system.backends.count {
      throw system.subject.turnedDownAll
    }
    var reports = try shrunk(result, of: campaign, system, supervisor)
    let failure = keep(&reports, in: folder, system)
    let report = RunReport(
      result, of: system.subject.name, conceding: system.subject.concessions, campaign,
      version: Version.text, findings: reports)
    switch format {
    case .json: try Terminal.print(JSON.text(report))
    case .text: try Terminal.print(text(report, of: system.subject, deaths))
    }
    // Only now, so that what could not be kept is at least printed.
    if let failure { throw failure }
    if !result.findings.isEmpty { throw Violated() }
    try requireReach(of: report.coverage)
  }

  /// Complains about the labels that too few runs have reached.
  private func requireReach(of coverage: CoverageSummary?) throws {
    guard let requireReach, let coverage else { return }
    let missed = coverage.labels(reachedBelow: requireReach)
    if missed.isEmpty { return }
    let names = missed.map { "\($0.id) (\($0.count))" }.joined(separator: ", ")
    let times = requireReach == 1 ? "once" : "\(requireReach) times"
    Terminal.complain(
      "the run reached \(counted(missed.count, "label")) less than \(times): \(names)")
    throw Violated()
  }

  /// Shrinks each way to fail that was found.
  ///
  /// One that does not show again is complained about, and does not keep the others back.
  private func shrunk(
    _ result: Campaign.Result, of campaign: Campaign, _ system: SystemUnderTest,
    _ supervisor: Supervisor
  ) throws -> [FindingReport] {
    var reports: [FindingReport] = []
    for (index, finding) in result.findings.enumerated() {
      guard case .campaign(let number, _, _) = finding.origin else {
        preconditionFailure("a campaign finds what it has run")
      }
      let shrinking = Shrinking(finding, on: system.backends, seed: campaign.seed &+ number)
      if let small = try supervisor.shrink(shrinking) {
        reports.append(
          FindingReport(small, reproduce: reproduce(finding, at: index, small.backend, system)))
        continue
      }
      let line =
        "what program \(number + 1) from seed \(seed) violated on \(finding.backend.id) did not"
        + " show in another process"
      if result.findings.count == 1 { throw ToolFailure.internalError(line) }
      Terminal.complain(line)
    }
    if reports.isEmpty, !result.findings.isEmpty {
      throw ToolFailure.internalError("nothing of what was found showed in another process")
    }
    return reports
  }

  /// The command line that finds it again: the seed that makes the program by itself, or, where it
  /// was built upon others, all of the campaign up to it.
  private func reproduce(
    _ finding: Finding, at index: Int, _ backend: Backend, _ system: SystemUnderTest
  ) -> String {
    guard case .campaign(let number, let own, let rank) = finding.origin else { return "" }
    let findings = own == nil ? index + 1 : rank
    return "sharecheck run\(system.backendOption) --seed \(own ?? seed)"
      + " --programs \(own == nil ? number + 1 : 1)"
      + (findings > 1 ? " --findings \(findings)" : "") + system.subject.option
  }

  /// Keeps what was found, and says why it could not.
  private func keep(
    _ reports: inout [FindingReport], in folder: Folder?, _ system: SystemUnderTest
  ) -> (any Error)? {
    guard let folder else { return nil }
    let writer = RegressionWriter(
      system: system, supervisor: process.supervisor(of: system.subject))
    do {
      for index in reports.indices {
        let report = reports[index]
        reports[index].file = try folder.keep(
          try writer.regression(report.finding, foundBy: report.reproduce))
      }
      return nil
    } catch {
      return error
    }
  }

  private func text(_ report: RunReport, of subject: Subject, _ deaths: Int) -> [String] {
    let seconds = Double(Int(report.seconds * 100)) / 100
    let sum =
      "\(counted(Int(report.programs), "program")) from seed \(seed),"
      + " \(counted(report.commands, "command")) in \(seconds) s:"
      + " \(report.commandsPerSecond) commands a second"
    guard report.verdict == "violated" else {
      let never = report.neverChecked.joined(separator: ", ")
      return ["holds on \(report.backends.joined(separator: ", "))", sum]
        + (report.repeats > 0
          ? ["\(counted(report.repeats, "program")) failed in ways that \(known ?? "") lists."]
          : [])
        + [""] + (report.coverage?.lines ?? []) + (never.isEmpty ? [] : ["never checked: \(never)"])
        + report.concessionLines
        + ["sharecheck \(report.version)"]
    }
    var lines: [String] = []
    for (index, finding) in report.findings.enumerated() {
      if report.findings.count > 1 {
        lines.append("--- \(index + 1) of \(report.findings.count) ---")
      }
      lines += finding.lines + [""]
    }
    lines += report.concessionLines
    lines.append("Found in \(sum).")
    if report.repeats > 0 {
      let ways = report.findings.count == 1 ? "this way" : "these ways"
      let orKnown = known.map { ", or in one that \($0) lists" } ?? ""
      lines.append("\(counted(report.repeats, "program")) more failed in \(ways)\(orKnown).")
    }
    if case .library = subject.kind {
      lines.append("To go past it, give --known a file with:")
      lines += report.findings.compactMap(\.finding.fingerprint).map {
        "  " + KnownFailures.line($0)
      }
    }
    if deaths == Supervisor.mostDeaths {
      lines.append("The run ended early, since its worker had died \(deaths) times.")
    }
    return lines + ["sharecheck \(report.version)"]
  }
}
