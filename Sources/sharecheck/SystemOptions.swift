import ArgumentParser
import BugMuseum
import SharingHarness
import SimulatedHypervisors

/// Which system is checked, on which backends, and in which process.
struct SystemOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A backend as \"list backends\" names it, or all.", valueName: "id"))
  var backend = "all"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Check an exhibit of \"list exhibits\" instead of the core.", valueName: "id"))
  var exhibit: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Check a shared library that exports what sharecheck_subject.h says, instead of the core.",
      valueName: "library"))
  var subject: String?

  func validate() throws {
    if exhibit != nil, subject != nil {
      throw ValidationError("--exhibit and --subject exclude each other")
    }
  }

  func system() throws -> SystemUnderTest {
    if let subject { return try SystemUnderTest(library: subject, backend: backend) }
    return try SystemUnderTest(exhibit: exhibit, backend: backend)
  }
}

/// A subject with the backends on which it is to be checked.
struct SystemUnderTest {
  var subject: Subject
  let backends: [Backend]

  init(exhibit name: String?, backend: String) throws {
    let exhibit = try name.map(Exhibit.chosen)
    try self.init(
      exhibit.map { .exhibit($0.id) } ?? .core, on: exhibit?.backends ?? Backend.all, backend,
      refusing: "the exhibit \"\(name ?? "")\" cannot show")
  }

  init(library name: String, backend: String) throws {
    let (subject, description) = try Subject.library(name)
    try self.init(
      subject, on: Backend.all.filter { description.backends.contains($0.id) }, backend,
      refusing: "the subject \(description.name) does not run")
  }

  /// - Parameter refusal: what is said of a backend that is not among the possible ones.
  private init(
    _ subject: Subject, on possible: [Backend], _ backend: String, refusing refusal: String
  ) throws {
    self.subject = subject
    if backend == "all" {
      backends = possible
    } else {
      let chosen = try Backend.chosen(backend)
      guard possible.contains(chosen) else {
        throw ToolFailure.usage("\(refusal) on \(backend)")
      }
      backends = [chosen]
    }
  }

  /// The option that chooses these backends again, with a space before it.
  var backendOption: String { backends.count == 1 ? " --backend \(backends[0].id)" : "" }
}

extension Exhibit {
  /// The exhibit that a user names.
  static func chosen(_ id: String) throws -> Exhibit {
    guard let exhibit = named(id) else {
      throw ToolFailure.usage(
        "there is no exhibit \"\(id)\"; \"sharecheck list exhibits\" names them all")
    }
    return exhibit
  }
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
