import ArgumentParser
import SharingHarness
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
      them; --feedback off runs the program of each seed instead.
      """)

  enum Feedback: String, ExpressibleByArgument, CaseIterable { case on, off }
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var choosing: Choosing

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
      "A folder that keeps the small program of each violation, with its story.",
      valueName: "folder"))
  var save: String?

  @Option(parsing: .unconditional, help: "How to report.")
  var format = Format.text

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long one program may take before it counts as hung.", valueName: "t"))
  var hangAfter: Double = 10

  func validate() throws {
    if programs != nil, seconds != nil {
      throw ValidationError("--programs and --seconds exclude each other")
    }
    if let programs, programs < 1 { throw ValidationError("--programs must be at least 1") }
    if findings < 1 { throw ValidationError("--findings must be at least 1") }
    if let seconds, !(seconds > 0 && seconds <= 1e7) {
      throw ValidationError("--seconds must be more than 0, and at most 10000000")
    }
    guard hangAfter >= 0.1, hangAfter <= 3600 else {
      throw ValidationError("--hang-after must be within 0.1 and 3600")
    }
  }

  func run() throws {
    let system = try choosing.system()
    let folder = try save.map(Folder.init)
    let plan = CampaignPlan(
      seed: seed, hasFeedback: feedback == .on,
      programs: seconds == nil ? UInt64(programs ?? 10_000) : nil, seconds: seconds,
      findings: findings, patience: hangAfter)
    let result = try CampaignSupervisor(system: system, plan: plan).run()
    var examples = try Shrinking(system: system, patience: hangAfter)
      .counterexamples(result, of: plan)
    let failure = keep(&examples, in: folder, system)
    let report = RunReport(
      seed: seed, programs: result.programs, commands: result.commands,
      discards: result.discards, seconds: result.seconds, counterexamples: examples,
      repeats: result.repeats)
    switch format {
    case .json: try Terminal.print(JSON.text(report))
    case .text: try Terminal.print(text(report, result, examples, system))
    }
    // Only now, so that what could not be kept is at least printed.
    if let failure { throw failure }
    if !result.found.isEmpty { throw Violated() }
  }

  /// Keeps what was found, and says why it could not.
  private func keep(
    _ examples: inout [Counterexample], in folder: Folder?, _ system: SystemUnderTest
  ) -> (any Error)? {
    guard let folder else { return nil }
    let keeping = Keeping(system: system, patience: hangAfter)
    do {
      for index in examples.indices {
        let example = examples[index]
        examples[index].file = try folder.keep(
          try keeping.regression(example, foundBy: example.reproduce))
      }
      return nil
    } catch {
      return error
    }
  }

  private func text(
    _ report: RunReport, _ result: CampaignResult, _ examples: [Counterexample],
    _ system: SystemUnderTest
  ) -> [String] {
    let programs = Counterexample.counted(Int(report.programs), "program")
    let commands = Counterexample.counted(report.commands, "command")
    let seconds = Double(Int(report.seconds * 100)) / 100
    let sum =
      "\(programs) from seed \(seed), \(commands) in \(seconds) s: "
      + "\(report.commandsPerSecond) commands a second"
    guard !result.found.isEmpty else {
      let backends = system.backends.map(\.id).joined(separator: ", ")
      let never = result.neverChecked.joined(separator: ", ")
      return ["holds on \(backends)", sum, ""] + (result.coverage?.lines ?? [])
        + (never.isEmpty ? [] : ["never checked: \(never)"])
    }
    var lines: [String] = []
    for (index, example) in examples.enumerated() {
      if examples.count > 1 { lines.append("--- \(index + 1) of \(examples.count) ---") }
      lines += example.lines + [""]
    }
    lines.append("Found in \(sum).")
    if result.repeats > 0 {
      let repeats = Counterexample.counted(result.repeats, "program")
      lines.append("\(repeats) more failed in \(examples.count == 1 ? "this way" : "these ways").")
    }
    if result.deaths == CampaignSupervisor.mostDeaths {
      lines.append("The run ended early, since its worker had died \(result.deaths) times.")
    }
    return lines
  }
}
