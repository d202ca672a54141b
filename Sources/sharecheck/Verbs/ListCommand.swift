import ArgumentParser
import BugMuseum
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Lists what there is.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",

    abstract: "List the invariants, backends, exhibits, commands, errors or labels.",
    discussion: """
      A command is a line of a program's text. The text begins with a line "machine", whose fields \
      may be left out, and ends with a line "end"; what follows "#" or "→" is not read. A \
      label is something that a run of many programs must have reached, on the backings that are \
      named after it.
      """)

  enum Topic: String, ExpressibleByArgument, CaseIterable {
    case invariants, backends, exhibits, commands, errors, labels
  }

  @Argument(help: "What to list: invariants, backends, exhibits, commands, errors or labels.")
  var subject: Topic

  func run() throws {
    switch subject {
    case .invariants: try Terminal.print(table(Invariant.all.map { ($0.id, $0.sentence) }))
    case .backends: try Terminal.print(table(Backend.all.map { ($0.id, $0.sentence) }))
    case .exhibits:
      let exhibits = Exhibit.all + Exhibit.thresholds
      try Terminal.print(table(exhibits.map { ($0.id, $0.sentence) }))
    case .commands:
      try Terminal.print(table(CommandForm.all.map { ($0.usage, $0.sentence) }))
      try Terminal.print([""] + table(CommandForm.legend.map { ($0.placeholder, $0.meaning) }))
    case .errors: try Terminal.print(table(ErrorForm.all.map { ("\($0.number)", $0.name) }))
    case .labels:
      try Terminal.print(table(Label.all.map { ($0.id, "\($0.sentence) (\($0.scope))") }))
    }
  }

  private func table(_ rows: [(id: String, sentence: String)]) -> [String] {
    let width = rows.map(\.id.count).max() ?? 0
    return rows.map { row in
      row.id + String(repeating: " ", count: width - row.id.count + 2) + row.sentence
    }
  }
}
