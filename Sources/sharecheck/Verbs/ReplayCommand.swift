import ArgumentParser
import Exploration
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Checks programs from files.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Check programs from files, each on every backend on which it makes sense.",
    discussion: FileHelp.discussion)

  @Argument(help: "Files with a program each.")
  var files: [String]

  @OptionGroup var choosing: SystemOptions
  @OptionGroup var reading: FileOptions

  func run() throws {
    let system = try choosing.system()
    // All of them are read first, so that a bad one is reported before the work begins.
    let programs = try files.map { try reading.program($0) }
    let stage = try RemoteStage(system.subject, patience: reading.patience.hangAfter)
    var isViolated = false
    var isJudged = false
    for (file, program) in zip(files, programs) {
      let (lines, holds) = try report(file, program, system, stage)
      isViolated = isViolated || holds == false
      isJudged = isJudged || holds != nil
      try Terminal.print(lines)
    }
    guard isJudged else {
      throw ToolFailure.badInput("nothing was checked: no backend can run any of the programs")
    }
    if isViolated {
      try Terminal.print(["", "sharecheck \(Version.text)"])
      throw Violated()
    }
  }

  /// The report about one program, in full for the first backend that is violated, and whether it
  /// holds; nil where no backend can run it.
  private func report(
    _ file: String, _ program: Program, _ system: SystemUnderTest, _ stage: RemoteStage
  ) throws -> (lines: [String], holds: Bool?) {
    var held: [String] = []
    var lines: [String] = []
    var others: [String] = []
    for backend in system.backends {
      let next = Case(program, on: backend)
      guard let verdict = try stage.play(next)?.verdict else { continue }
      if verdict.holds {
        held.append(backend.id)
      } else if lines.isEmpty {
        let finding = Finding(
          program, on: backend, verdict, account: try stage.account(of: next))
        lines =
          FindingReport(
            finding,
            reproduce: "sharecheck replay --backend \(backend.id)\(system.subject.option)"
              + " \(file.shellWord)"
          ).lines
      } else if let first = verdict.violations.first {
        others.append("\(first.id), on \(backend.id): \(first.evidence.text)")
      }
    }
    let commands = counted(program.steps.count, "command")
    guard !held.isEmpty || !lines.isEmpty else {
      return ([ToolFailure.unplayable(file).line], nil)
    }
    if lines.isEmpty {
      return (["\(file): \(commands), holds on \(held.joined(separator: ", "))"], true)
    }
    if !others.isEmpty { lines += ["", "Violated as well:"] + others.map { "  " + $0 } }
    if !held.isEmpty { lines += ["", "Holds on \(held.joined(separator: ", "))."] }
    return (["\(file):"] + lines, false)
  }
}
