import ArgumentParser
import BugMuseum
import SharingModel
import SimulatedHypervisors

/// Lists what there is.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the invariants, the backends or the exhibits.")

  enum Subject: String, ExpressibleByArgument, CaseIterable { case invariants, backends, exhibits }

  @Argument(help: "What to list: invariants, backends or exhibits.")
  var subject: Subject

  func run() throws {
    switch subject {
    case .invariants: try Terminal.print(table(Invariant.all.map { ($0.id, $0.sentence) }))
    case .backends: try Terminal.print(table(Backend.all.map { ($0.id, $0.sentence) }))
    case .exhibits: try Terminal.print(table(Exhibit.all.map { ($0.id, $0.sentence) }))
    }
  }

  private func table(_ rows: [(id: String, sentence: String)]) -> [String] {
    let width = rows.map(\.id.count).max() ?? 0
    return rows.map { row in
      row.id + String(repeating: " ", count: width - row.id.count + 2) + row.sentence
    }
  }
}
