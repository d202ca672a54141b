import Foundation
import SharingHarness
import SharingModel
import Testing

@Suite("The document about programs")
struct ProgramDocumentTests {
  private static func document() throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/PROGRAMS.md")
    return try String(contentsOf: file, encoding: .utf8)
  }

  @Test("Its example is a program, on the machine that a program has by default")
  func example() throws {
    let blocks = try Self.document().components(separatedBy: "```\n")
    let example = try #require(blocks.first { $0.hasPrefix(Program.textHeader) })
    let program = try Program(text: example)
    #expect(program.steps.count == 3)
    #expect(program.configuration == Configuration())
  }

  @Test("It names every command and every field of the machine")
  func words() throws {
    let document = try Self.document()
    for kind in Command.Kind.allCases {
      #expect(
        document.contains("`\(kind.word)`") || document.contains("`\(kind.word) "), "\(kind)")
    }
    let machine = try #require(
      Program(steps: []).text.split(separator: "\n").first { $0.hasPrefix("machine ") })
    for field in machine.split(separator: " ").dropFirst() {
      #expect(document.contains("`\(field.prefix { $0 != "=" })`"), "\(field)")
    }
  }
}
