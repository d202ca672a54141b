import BugMuseum
import ForeignSubjects
import SharingHarness
import SharingModel

/// What is checked: a value that another process can read.
///
/// What is not known there is an error, never the core instead.
enum Subject: Codable, Equatable {
  case core
  case exhibit(String)
  /// A shared library, by its absolute path, with what it said of itself when the command began.
  case library(String, SubjectDescription)

  /// How systems of it are built.
  func rig() throws -> Rig {
    switch self {
    case .core: return .core
    case .exhibit(let id):
      guard let exhibit = Exhibit.named(id) else {
        throw ToolFailure.internalError("a worker received an unknown exhibit, \"\(id)\"")
      }
      return exhibit.rig
    case .library(let path, let description):
      do {
        let library = try SubjectLibrary(path: path)
        guard library.description == description else {
          throw ToolFailure.badInput("\(path) has changed since the command began")
        }
        return library.rig
      } catch let failure as SubjectFailure {
        throw ToolFailure.badInput("\(path) \(failure.line)")
      }
    }
  }

  /// What reports call it.
  var name: String {
    switch self {
    case .core: "core"
    case .exhibit(let id): id
    case .library(_, let description): description.name
    }
  }

  /// The same as a regression's comment tells it.
  var words: String {
    switch self {
    case .core: "the core"
    case .exhibit(let id): "the exhibit \(id)"
    case .library(_, let description): "the subject \(description.name)"
    }
  }

  /// The option that chooses it again, with a space before it.
  var option: String {
    switch self {
    case .core: ""
    case .exhibit(let id): " --exhibit \(id)"
    case .library(let path, _): " --subject \(path.shellWord)"
    }
  }

  /// The grammar of the programs that it can run.
  var grammar: Grammar {
    switch self {
    case .core, .exhibit: Grammar()
    case .library(_, let description): Grammar(limits: description.limits)
    }
  }

  /// What a verb throws that could check nothing.
  var turnedDownAll: ToolFailure {
    .badInput("nothing was checked: \(words) turned down every machine")
  }

  /// What it promises less than the specification, a sentence each.
  var concessions: [String] {
    guard case .library(_, let description) = self else { return [] }
    return description.sentences
  }
}
