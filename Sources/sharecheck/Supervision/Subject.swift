import BugMuseum
import SharingHarness

/// What is checked: a value that another process can read.
///
/// What is not known there is an error, never the core instead.
enum Subject: Codable, Equatable {
  case core
  case exhibit(String)

  /// How systems of it are built.
  func rig() throws -> Rig {
    switch self {
    case .core: return .core
    case .exhibit(let id):
      guard let exhibit = Exhibit.named(id) else {
        throw ToolFailure.internalError("a worker received an unknown exhibit, \"\(id)\"")
      }
      return exhibit.rig
    }
  }

  /// What reports call it.
  var name: String {
    switch self {
    case .core: "core"
    case .exhibit(let id): id
    }
  }

  /// The same as a regression's comment tells it.
  var words: String {
    switch self {
    case .core: "the core"
    case .exhibit(let id): "the exhibit \(id)"
    }
  }

  /// The option that chooses it again, with a space before it.
  var option: String {
    switch self {
    case .core: ""
    case .exhibit(let id): " --exhibit \(id)"
    }
  }
}
