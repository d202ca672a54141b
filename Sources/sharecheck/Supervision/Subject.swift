import BugMuseum
import ForeignSubjects
import SharingHarness
import SharingModel

/// What is checked, and by which programs: a value that another process can read.
///
/// What is not known there is an error, never the core instead.
struct Subject: Codable, Equatable {
  enum Kind: Codable, Equatable {
    case core
    case exhibit(String)
    /// A shared library, by its absolute path, with what it said of itself when the command began.
    case library(String, SubjectDescription)
  }

  let kind: Kind
  /// What no random program has.
  var leftOut: ProgramParts = []

  static var core: Subject { Subject(kind: .core) }
  static func exhibit(_ id: String) -> Subject { Subject(kind: .exhibit(id)) }
  static func library(_ path: String, _ description: SubjectDescription) -> Subject {
    Subject(kind: .library(path, description))
  }

  /// How systems of it are built.
  func rig() throws -> Rig { try whole().leavingOut(leftOut) }

  private func whole() throws -> Rig {
    switch kind {
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
    switch kind {
    case .core: "core"
    case .exhibit(let id): id
    case .library(_, let description): description.name
    }
  }

  /// The same as a regression's comment tells it.
  var words: String {
    switch kind {
    case .core: "the core"
    case .exhibit(let id): "the exhibit \(id)"
    case .library(_, let description): "the subject \(description.name)"
    }
  }

  /// The options that choose it again, with a space before each.
  var option: String {
    let names = ProgramParts.names.filter { leftOut.contains($0.1) }.map(\.0)
    let without = names.isEmpty ? "" : " --without \(names.joined(separator: ","))"
    switch kind {
    case .core: return without
    case .exhibit(let id): return " --exhibit \(id)" + without
    case .library(let path, _): return " --subject \(path.shellWord)" + without
    }
  }

  /// The grammar of the programs that it can run.
  var grammar: Grammar {
    var limits = MachineLimits()
    if case .library(_, let description) = kind { limits = description.limits }
    limits.leftOut = leftOut
    return Grammar(limits: limits)
  }

  /// Whether it shows all that what comes next can depend on.
  var isShown: Bool {
    guard case .library(_, let description) = kind else { return true }
    return description.isOpen
  }

  /// What a verb throws that could check nothing.
  var turnedDownAll: ToolFailure {
    .badInput("nothing was checked: \(words) turned down every machine")
  }

  /// What it promises less than the specification, a sentence each.
  var concessions: [String] {
    guard case .library(_, let description) = kind else { return [] }
    return description.sentences
  }
}
