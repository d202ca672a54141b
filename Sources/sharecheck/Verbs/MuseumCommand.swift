import ArgumentParser
import BugMuseum
import SharingHarness
import SimulatedHypervisors

/// Measures how well the exhibits are found and shrunk.
struct MuseumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "museum",
    abstract: "Find, shrink and prove minimal what kills each exhibit.",
    discussion: """
      Each seed is a campaign of random programs that no other seed runs. What it finds is shrunk, \
      and then every program with fewer commands is tried. The exit code is 0 if every exhibit is \
      found by every campaign and shrunk to a minimum that is proved, and 1 otherwise.
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
    var isPassed = true
    for exhibit in exhibits where backend.map(exhibit.backends.contains) ?? true {
      let summary = MuseumSummary(self.rows(of: exhibit, on: backend))
      rows += summary.rows
      isPassed = isPassed && summary.isPassed
      if format == .text { try Terminal.print(summary.lines + [""]) }
    }
    guard !rows.isEmpty else {
      throw ToolFailure.usage(
        "the exhibit \"\(exhibit ?? "")\" cannot show on \(self.backend ?? "")")
    }
    if format == .json { try Terminal.print(JSON.text(rows)) }
    if !isPassed { throw Violated() }
  }

  private func chosen() throws -> [Exhibit] {
    guard let exhibit else { return Exhibit.all }
    guard let chosen = Exhibit.all.first(where: { $0.id == exhibit }) else {
      throw ToolFailure.usage(
        "the museum has no exhibit \"\(exhibit)\"; \"sharecheck list exhibits\" names them all")
    }
    return [chosen]
  }

  private func rows(of exhibit: Exhibit, on backend: Backend?) -> [MuseumRow] {
    let museum = Museum(backend: backend, proof: MinimalityProof(budget: budget))
    let progress = ProgressLine()
    defer { progress.clear() }
    return (1...UInt64(seeds)).map { seed in
      progress.show("\(exhibit.id): campaign \(seed) of \(seeds)")
      return museum.row(of: exhibit, campaign: seed) { tried in
        guard tried % 1024 == 0 else { return }
        progress.show("\(exhibit.id): campaign \(seed) of \(seeds), proof: \(tried) programs")
      }
    }
  }
}
