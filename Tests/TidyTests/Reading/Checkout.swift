import Foundation

/// The files of a checkout by their paths from its root. A value, so a test can plant a fault in
/// it.
struct Checkout: Sendable {
  private(set) var files: [String: SourceFile] = [:]

  /// The checkout that this test was compiled from, read once.
  static let real = Checkout(
    root: URL(filePath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  /// A checkout in memory.
  init(_ texts: [String: String]) {
    for (path, text) in texts { files[path] = SourceFile(path: path, text: text) }
  }

  /// Reads all files below `root` but build folders, Git's own and what symbolic links point to.
  init(root: URL) {
    read(root, prefix: "")
  }

  private mutating func read(_ folder: URL, prefix: String) {
    let keys: Set<URLResourceKey> = [.isDirectoryKey, .isSymbolicLinkKey]
    let entries =
      (try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: Array(keys))) ?? []
    for entry in entries {
      let name = entry.lastPathComponent
      guard !Self.isIgnored(name), let values = try? entry.resourceValues(forKeys: keys),
        values.isSymbolicLink != true
      else { continue }
      if values.isDirectory == true {
        read(entry, prefix: prefix + name + "/")
      } else if let data = try? Data(contentsOf: entry) {
        files[prefix + name] = SourceFile(path: prefix + name, bytes: [UInt8](data))
      }
    }
  }

  /// What `.gitignore` names, as far as it is not at the root only.
  private static func isIgnored(_ name: String) -> Bool {
    name.hasPrefix(".build") || name == ".git" || name == "__pycache__"
      || name == "Package.resolved" || name == ".swiftpm"
  }

  /// This checkout with one file more, or with another text in it.
  func with(_ path: String, _ text: String) -> Checkout {
    var changed = self
    changed.files[path] = SourceFile(path: path, text: text)
    return changed
  }

  /// This checkout without a file.
  func without(_ path: String) -> Checkout {
    var changed = self
    changed.files[path] = nil
    return changed
  }

  /// The files for which `isWanted` holds, by path.
  func all(where isWanted: (String) -> Bool) -> [SourceFile] {
    files.keys.filter(isWanted).sorted().map { files[$0]! }
  }

  /// The Swift files below one of the folders.
  func swift(below folders: String...) -> [SourceFile] {
    all { path in
      path.hasSuffix(".swift") && folders.contains { path.hasPrefix($0 + "/") }
    }
  }

  /// The Markdown files.
  var markdown: [SourceFile] { all { $0.hasSuffix(".md") } }

  /// Whether there is a file or a folder of this path.
  func has(_ path: String) -> Bool {
    files[path] != nil || files.keys.contains { $0.hasPrefix(path + "/") }
  }
}
