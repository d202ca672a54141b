import ArgumentParser
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

  @OptionGroup var choosing: Choosing
  @OptionGroup var reading: Reading

  func validate() throws {
    guard let budget else { return }
    if budget < 1 { throw ValidationError("--budget must be at least 1") }
    if !prove { throw ValidationError("--budget is for a proof: it needs --prove") }
  }

  func run() throws {
    let system = try choosing.system()
    let program = try reading.program(file)
    guard Grammar().testCase(of: program) != nil else {
      throw ToolFailure.badInput(
        "\(file): no choices of the grammar make this program, so it cannot be shrunk")
    }
    let evaluator = try Evaluator(system, patience: reading.hangAfter)
    for backend in system.backends {
      guard let trace = try evaluator.trace(program, on: backend), !trace.holds else { continue }
      try shrink(program, on: backend, system)
      throw Violated()
    }
    let backends = system.backends.map(\.id).joined(separator: ", ")
    try Terminal.print("\(file): holds on \(backends); there is nothing to shrink")
  }

  private func shrink(
    _ program: Program, on backend: Backend, _ system: SystemUnderTest
  ) throws {
    let proof = ProofSupervisor(system: system, budget: budget, patience: reading.hangAfter)
    let shrinking = Shrinking(
      system: system, patience: reading.hangAfter, proof: prove ? proof : nil)
    let example = try shrinking.shrink(
      program, on: backend, restartingFrom: 0
    ) { "replay --backend \($0.id)\(system.exhibitOption) \((output ?? file).shellWord)" }
    guard let example else {
      throw ToolFailure.ourFault("\(file): what failed on \(backend.id) did not fail again")
    }
    try Terminal.print(example.lines)
    guard let output else { return }
    let keeping = Keeping(system: system, patience: reading.hangAfter)
    try Files.write(try keeping.regression(example, foundBy: nil).text, to: output)
  }
}
