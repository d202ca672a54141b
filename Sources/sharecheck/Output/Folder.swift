import Foundation
import ProgramText
import Reports
import SharingHarness
import SharingModel

/// A folder of regressions.
struct Folder {
  let path: String

  /// Makes sure that there is such a folder and that files can be made in it, before any work is
  /// done for it.
  init(_ path: String) throws {
    self.path = path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ToolFailure.cannotCreate("\(path): there is no such folder, and none can be made")
    }
    guard isFolder.boolValue else { throw ToolFailure.cannotCreate("\(path): is not a folder") }
    guard access(path, W_OK | X_OK) == 0 else {
      throw ToolFailure.cannotCreate("\(path): \(String(cString: strerror(errno)))")
    }
  }

  /// Writes a regression under a name that no other program has; answers the path.
  ///
  /// The same program is there only once, with the story that was told first.
  func keep(_ regression: Regression) throws -> String {
    let name = regression.fileName.dropLast(".txt".count)
    for number in 1... {
      let candidate = "\(path)/\(name)\(number == 1 ? "" : "-\(number)").txt"
      guard FileManager.default.fileExists(atPath: candidate) else {
        try Files.write(regression.text, to: candidate)
        return candidate
      }
      let there = try? Files.program(candidate, bytes: false)
      if there == regression.finding.program { return candidate }
    }
    preconditionFailure("some number is free")
  }
}
