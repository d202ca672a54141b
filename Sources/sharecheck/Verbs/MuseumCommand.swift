import ArgumentParser
import BugMuseum
import SharingHarness
import SimulatedHypervisors

/// Measures how well the exhibits are found and shrunk.
struct MuseumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "museum",
    abstract: "Find, shrink and prove minimal what kills each exhibit, on each backend.",
    discussion: """
      Each seed is a campaign of random programs that no other seed runs. What it finds is shrunk, \
      and then every program with fewer commands is tried. The exit code is 0 if every campaign \
      finds its exhibit, the invariant that the exhibit names is among those that see it first, and \
      the shrunk program is as small as the proved minimum; and 1 otherwise.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("An exhibit of \"list exhibits\", instead of all.", valueName: "id"))
  var exhibit: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A backend, instead of all on which an exhibit can show.", valueName: "id"))
  var backend: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many campaigns to run, from seed 1 on.", valueName: "n"))
  var seeds = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The most programs that a proof may try.", valueName: "n"))
  var budget = MinimalityProof.usualBudget

  @Option(parsing: .unconditional, help: "How to report.")
  var format = RunCommand.Format.text

  func validate() throws {
    if seeds < 1 { throw ValidationError("--seeds must be at least 1") }
    if budget < 1 { throw ValidationError("--budget must be at least 1") }
  }

  func run() throws {
    let exhibits = try chosen()
    let backend = try backend.map(Backend.chosen)
    var rows: [MuseumRow] = []
    for exhibit in exhibits {
      let matrix = KillMatrix(
        try exhibit.backends.filter { backend == nil || $0 == backend }
          .flatMap { try self.rows(of: exhibit, on: $0) })
      rows += matrix.rows
      if format == .text, !matrix.rows.isEmpty { try Terminal.print(matrix.exhibitLines + [""]) }
    }
    guard !rows.isEmpty else {
      throw ToolFailure.usage(
        "the exhibit \"\(exhibit ?? "")\" cannot show on \(self.backend ?? "")")
    }
    let matrix = KillMatrix(rows)
    switch format {
    case .json: try Terminal.print(JSON.text(rows))
    case .text: try Terminal.print(matrix.invariantLines + [""] + matrix.sumLines)
    }
    if !matrix.isPassed { throw Violated() }
  }

  private func chosen() throws -> [Exhibit] {
    guard let exhibit else { return Exhibit.all }
    guard let chosen = Exhibit.all.first(where: { $0.id == exhibit }) else {
      throw ToolFailure.usage(
        "the museum has no exhibit \"\(exhibit)\"; \"sharecheck list exhibits\" names them all")
    }
    return [chosen]
  }

  private func rows(of exhibit: Exhibit, on backend: Backend) throws -> [MuseumRow] {
    let museum = Museum(proof: MinimalityProof(budget: budget))
    let progress = ProgressLine()
    defer { progress.clear() }
    return try (1...UInt64(seeds)).map { seed in
      let name = "\(exhibit.id) on \(backend.id): campaign \(seed) of \(seeds)"
      progress.show(name)
      if exhibit.isDeadly { return try supervisedRow(of: exhibit, on: backend, campaign: seed) }
      return museum.row(of: exhibit, on: backend, campaign: seed) { tried in
        guard tried % 1024 == 0 else { return }
        progress.show("\(name), proof: \(tried) programs")
      }
    }
  }

  /// The row of an exhibit that kills its process.
  private func supervisedRow(
    of exhibit: Exhibit, on backend: Backend, campaign number: UInt64
  ) throws -> MuseumRow {
    let system = try SystemUnderTest(exhibit: exhibit.id, backend: backend.id)
    let plan = CampaignPlan(
      seed: Museum.firstSeed(ofCampaign: number), hasFeedback: true, programs: 1000, seconds: nil,
      findings: 1, patience: 2)
    let clock = ContinuousClock()
    let start = clock.now
    let result = try CampaignSupervisor(system: system, plan: plan).run()
    var row = MuseumRow(exhibit: exhibit, backend: backend.id, seed: number)
    row.programs = result.programs
    row.commands = result.commands
    let shrinking = Shrinking(
      system: system, patience: plan.patience,
      proof: ProofSupervisor(system: system, budget: nil, patience: plan.patience))
    guard let example = try shrinking.counterexamples(result, of: plan).first else { return row }
    row.killedBy = example.trace.violations.map(\.invariant)
    row.length = example.program.steps.count
    row.minimum = row.length
    row.isProved = example.minimality?.isProved == true
    row.evaluations = example.evaluations
    row.tried = example.minimality?.tried
    row.program = example.program.text
    row.seconds = start.duration(to: clock.now).seconds
    return row
  }
}
