import Foundation

/// Where `check` keeps what failed, to replay it before the search the next time.
///
/// Each way to fail is a text file of its own: the program of a machine in words, a value as its
/// choices. A file is removed when its program holds again. Files appear by an atomic rename, so
/// that tests that run side by side never read half of one. A file belongs to a check, by its line
/// counted from the test: checks of one line, in a loop say, share what is kept. A test with
/// arguments keeps nothing.
public struct KeptFailures: Sendable {
  private enum Location {
    case standard
    case folder(String)
    case nowhere
  }

  private let place: Location

  /// Keeps failures in `.property-failures` beside the `Package.swift` above the test, or where
  /// `PROPERTY_TESTING_FAILURES` says; `off` there keeps none.
  public static var standard: KeptFailures { KeptFailures(place: .standard) }
  /// Keeps and replays nothing.
  public static var off: KeptFailures { KeptFailures(place: .nowhere) }

  /// Keeps failures in a folder, which need not exist.
  public static func folder(_ path: String) -> KeptFailures {
    KeptFailures(place: .folder(path))
  }

  /// The folder for a source file; nil where nothing is kept.
  package func folder(
    for file: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL? {
    switch place {
    case .nowhere: return nil
    case .folder(let path): return URL(filePath: path)
    case .standard: break
    }
    switch environment["PROPERTY_TESTING_FAILURES"] {
    case "off": return nil
    case let path? where !path.isEmpty: return URL(filePath: path)
    default: break
    }
    var folder = URL(filePath: file).deletingLastPathComponent()
    while folder.pathComponents.count > 1 {
      let manifest = folder.appending(path: "Package.swift").path(percentEncoded: false)
      if FileManager.default.fileExists(atPath: manifest) {
        return folder.appending(path: ".property-failures")
      }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}
