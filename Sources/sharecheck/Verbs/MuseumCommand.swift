import ArgumentParser
import BugMuseum
import Exploration
import Reports
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
      finds its exhibit, the invariant that the exhibit names is among those that see it first, \
      and the shrunk program is as small as the proved minimum; and 1 otherwise.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("An exhibit of \"list exhibits\", instead of all.", valueName: "id"))
  var exhibit: String?

  @Flag(help: "The exhibits that go wrong from a power of two on, instead of those of the list.")
  var thresholds = false

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
  var format = ReportFormat.text

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
    case .text:
      try Terminal.print(
        matrix.invariantLines + [""] + matrix.sumLines + ["sharecheck \(Version.text)"])
    }
    if !matrix.isPassed { throw Violated() }
  }

  private func chosen() throws -> [Exhibit] {
    guard let exhibit else { return thresholds ? Exhibit.thresholds : Exhibit.all }
    guard let chosen = (Exhibit.all + Exhibit.thresholds).first(where: { $0.id == exhibit }) else {
      throw ToolFailure.usage(
        "the museum has no exhibit \"\(exhibit)\"; \"sharecheck list exhibits\" names them all")
    }
    return [chosen]
  }

  private func rows(of exhibit: Exhibit, on backend: Backend) throws -> [MuseumRow] {
    let museum = Museum(
      exhibit, on: backend, campaigns: UInt64(seeds),
      programs: exhibit.isDeadly ? 1000 : 100_000,
      proofBudget: exhibit.isDeadly ? min(budget, MinimalityProof.deadlyBudget) : budget)
    return try Supervisor(subject: .exhibit(exhibit.id), patience: exhibit.isDeadly ? 2 : 60)
      .run(museum: museum, isDeadly: exhibit.isDeadly)
  }
}
