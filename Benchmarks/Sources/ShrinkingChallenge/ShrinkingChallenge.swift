import ArgumentParser
import PropertyTesting

/// Finds and shrinks the rows of the public shrinking challenges and the three allocator bugs, and
/// prints what became of them.
@main
struct ShrinkingChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrinking-challenge",
    abstract: "Shrinks what is known to be false, from many seeds, and counts.")

  @Option(help: "How many seeds each row is found and shrunk from.")
  var seeds: UInt64 = 100

  @Option(help: "Only the rows whose name contains this.")
  var row: String?

  @Flag(help: "Show what each pass of the shrinker did, and every result.")
  var details = false

  @Flag(help: "Tell what each pass wins over all rows, and what they miss without it.")
  var passes = false

  @Flag(help: "Try all shorter programs for each of the allocator bugs.")
  var prove = false

  @Option(
    help: ArgumentHelp(
      "A Python with Hypothesis, to run the allocator bugs beside.", valueName: "python"))
  var hypothesis: String?

  @Option(help: "How many seeds Hypothesis has, which needs seconds for each.")
  var hypothesisSeeds = 10

  @Option(help: "What Hypothesis runs.")
  var script = "Benchmarks/hypothesis/allocator_bugs.py"

  func validate() throws {
    guard seeds > 0 else { throw ValidationError("--seeds must be at least 1") }
    guard hypothesisSeeds > 0 else {
      throw ValidationError("--hypothesis-seeds must be at least 1")
    }
    guard !rows.isEmpty else { throw ValidationError("no row is called \(row ?? "")") }
  }

  private var rows: [Challenge] {
    (Challenge.all + Challenge.allocatorBugs).filter { row.map($0.name.contains) ?? true }
  }

  func run() throws {
    if passes { return print(PassTable(rows, seeds: seeds).text) }
    var hasFailed = false
    print(Summary.header)
    for challenge in rows {
      let summary = Summary(of: challenge, seeds: seeds)
      print(summary.line)
      hasFailed = hasFailed || !summary.isAtMinimum
      if details { print(summary.details) }
      if prove, let bug = ToyMachine.bugs.first(where: { "\($0.bug)" == challenge.name }) {
        let proof = ToyMachine.proof(of: bug, budget: 100_000_000)
        print("  \(Self.sentence(proof))")
        hasFailed = hasFailed || proof != .proved(tried: proof.tried)
      }
      if let hypothesis, Challenge.allocatorBugs.contains(where: { $0.name == challenge.name }) {
        let peer = Hypothesis(python: hypothesis, script: script)
        print(try peer.run(challenge.name, seeds: hypothesisSeeds).line)
      }
    }
    if hasFailed { throw ExitCode(1) }
  }

  private static func sentence(_ proof: ProofResult) -> String {
    switch proof {
    case .proved(let tried): "no shorter program fails in this way: \(tried) tried"
    case .found(let testCase, let tried):
      "NOT MINIMAL: a program of \(testCase.length) fails in this way, \(tried) tried"
    case .outOfBudget(let length, let tried):
      "not proved: the budget ended among the programs of \(length), \(tried) tried"
    }
  }
}
