import ArgumentParser
import ForeignSubjects
import Foundation

/// Writes the beginning of a subject.
struct InitSubjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init-subject",
    abstract: "Write the skeleton of an implementation to check.",
    discussion: """
      A folder of that name is made, with what builds a library that --subject takes; in Swift \
      with a package that has a test. Each call halts with "not implemented" until it is written.
      """)

  @Argument(help: "Its name: letters, digits and _, the first no digit.")
  var name: String

  @Option(parsing: .unconditional, help: "What it is written in.")
  var language = Skeleton.Language.c

  func validate() throws {
    guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      throw ValidationError("\"\(name)\" is no name of letters, digits and _")
    }
  }

  func run() throws {
    guard !FileManager.default.fileExists(atPath: name) else {
      throw ToolFailure.cannotCreate("\(name): there is such a file already")
    }
    let skeleton = Skeleton(name, in: language)
    for file in skeleton.files {
      let path = URL(fileURLWithPath: name).appending(path: file.path)
      do {
        try FileManager.default.createDirectory(
          at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.text.utf8).write(to: path)
      } catch {
        throw ToolFailure.cannotCreate("\(path.path) cannot be written")
      }
    }
    try Terminal.print(
      skeleton.files.map { "wrote \(name)/\($0.path)" } + [
        "", "Build it, and check it:", "  cd \(name)",
      ] + skeleton.steps.map { "  \($0)" })
  }
}

extension Skeleton.Language: ExpressibleByArgument {}
