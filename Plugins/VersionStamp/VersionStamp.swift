import Foundation
import PackagePlugin

/// Has the build write the commit that it is made of into the sources of a target.
///
/// A command of the build, not one before it: those are passed over when nothing in the manifest
/// has changed. It runs again when a source or git's HEAD has changed, and leaves its output alone
/// where that comes to the same.
@main struct VersionStamp: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let root = context.package.directoryURL
    let output = context.pluginWorkDirectoryURL.appending(path: "Commit.swift")
    let script = root.appending(path: "Plugins/VersionStamp/stamp")
    return [
      .buildCommand(
        displayName: "Stamping the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [script.path, root.path, output.path],
        inputFiles: [script] + sources(of: root) + heads(of: root), outputFiles: [output])
    ]
  }

  /// What the executable is made of, as far as the stamp says whether it is modified.
  private func sources(of root: URL) -> [URL] {
    let below = FileManager.default.enumerator(
      at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    let files = (below?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    return [root.appending(path: "Package.swift")] + files.sorted { $0.path < $1.path }
  }

  /// Files that git writes whenever HEAD becomes another commit, also where the package is a
  /// worktree.
  private func heads(of root: URL) -> [URL] {
    var folder = root.appending(path: ".git")
    if let text = try? String(contentsOf: folder, encoding: .utf8), text.hasPrefix("gitdir: ") {
      let path = text.dropFirst(8).trimmingCharacters(in: .newlines)
      folder = URL(filePath: path, relativeTo: root)
    }
    // The log of HEAD may be switched off; the index is written by every commit.
    return ["HEAD", "logs/HEAD", "index"].map { folder.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
  }
}
