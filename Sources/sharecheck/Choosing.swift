import ArgumentParser
import BugMuseum
import SharingHarness
import SimulatedHypervisors

/// Which system is checked, and on which backends.
struct Choosing: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A backend as \"list backends\" names it, or all.", valueName: "id"))
  var backend = "all"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Check an exhibit of \"list exhibits\" instead of the core.", valueName: "id"))
  var exhibit: String?

  func system() throws -> SystemUnderTest {
    try SystemUnderTest(exhibit: exhibit, backend: backend)
  }
}

/// A rig with the backends on which it is to be checked.
struct SystemUnderTest {
  let exhibit: Exhibit?
  let backends: [Backend]

  init(exhibit name: String?, backend: String) throws {
    exhibit = try name.map { name in
      guard let exhibit = Exhibit.named(name) else {
        throw ToolFailure.usage(
          "there is no exhibit \"\(name)\"; \"sharecheck list exhibits\" names them all")
      }
      return exhibit
    }
    let possible = exhibit?.backends ?? Backend.all
    if backend == "all" {
      backends = possible
    } else {
      let chosen = try Backend.chosen(backend)
      guard possible.contains(chosen) else {
        throw ToolFailure.usage("the exhibit \"\(name ?? "")\" cannot show on \(backend)")
      }
      backends = [chosen]
    }
  }

  var rig: Rig { exhibit?.rig ?? .core }

  /// The options that choose this system again.
  var backendOption: String { backends.count == 1 ? " --backend \(backends[0].id)" : "" }
  var exhibitOption: String { exhibit.map { " --exhibit \($0.id)" } ?? "" }
}

extension Backend {
  /// The backend that a user names.
  static func chosen(_ id: String) throws -> Backend {
    guard let backend = named(id) else {
      let all = all.map(\.id).joined(separator: ", ")
      throw ToolFailure.usage("there is no backend \"\(id)\"; there are \(all)")
    }
    return backend
  }
}
