import ArgumentParser
import Exploration
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Makes a failing program small.
struct ShrinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrink",
    abstract: "Make a failing program as small as possible, keeping how it fails.",
    discussion: """
      It is shrunk on the first of the chosen backends on which it fails, and then on others if it \
      fails there in the same way. The exit code is 1, as the small program still fails, and 0 \
      where there was nothing to shrink.
      """ + " " + FileHelp.discussion)

  @Argument(help: "A file with a program.")
  var file: String

  @Option(name: .long, parsing: .unconditional, help: "Where to write the small program.")
  var output: String?

  @Flag(help: "Try every program with fewer commands, to prove that none fails in the same way.")
  var prove = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most programs that a proof may try. (default: \(MinimalityProof.usualBudget), and "
        + "\(MinimalityProof.deadlyBudget) where programs kill their process)", valueName: "n"))
  var budget: Int?

  @OptionGroup var choosing: SystemOptions
  @OptionGroup var reading: FileOptions

  func validate() throws {
    guard let budget else { return }
    if budget < 1 { throw ValidationError("--budget must be at least 1") }
    if !prove { throw ValidationError("--budget is for a proof: it needs --prove") }
  }

  func run() throws {
    let system = try choosing.system()
    let program = try reading.program(file)
    guard system.subject.grammar.testCase(of: program) != nil else {
      throw ToolFailure.badInput(
        "\(file): no choices of the grammar make this program, so it cannot be shrunk")
    }
    let stage = try RemoteStage(system.subject, patience: reading.patience.hangAfter)
    var held: [String] = []
    for backend in system.backends {
      guard let verdict = try stage.play(Case(program, on: backend))?.verdict else { continue }
      if verdict.holds {
        held.append(backend.id)
        continue
      }
      try shrink(Finding(program, on: backend, verdict), system)
      throw Violated()
    }
    guard !held.isEmpty else { throw ToolFailure.unplayable(file) }
    try Terminal.print(
      "\(file): holds on \(held.joined(separator: ", ")); there is nothing to shrink")
  }

  private func shrink(_ finding: Finding, _ system: SystemUnderTest) throws {
    let shrinking = Shrinking(
      finding, on: system.backends, proofBudget: prove ? budget.map { .atMost($0) } ?? .usual : nil)
    let supervisor = Supervisor(subject: system.subject, patience: reading.patience.hangAfter)
    guard let small = try supervisor.shrink(shrinking) else {
      throw ToolFailure.internalError(
        "\(file): what failed on \(finding.backend.id) did not fail again")
    }
    let again =
      "sharecheck replay --backend \(small.backend.id)\(system.subject.option)"
      + " \((output ?? file).shellWord)"
    try Terminal.print(
      FindingReport(small, reproduce: again).lines + ["", "sharecheck \(Version.text)"])
    guard let output else { return }
    let writer = RegressionWriter(system: system, supervisor: supervisor)
    try Files.write(try writer.regression(small, foundBy: nil).text, to: output)
  }
}
