import Foundation
import PropertyTesting
import Testing

@Suite("The articles")
struct ArticleTests {
  private static func article(_ name: String) throws -> [String] {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = package.appending(path: "Sources/PropertyTesting/PropertyTesting.docc/\(name).md")
    return try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// What stands in an article's blocks of a language, each block as its lines.
  private static func blocks(_ language: String, of article: [String]) -> [[String]] {
    var blocks: [[String]] = []
    var rest = article[...]
    while let begin = rest.firstIndex(of: "```" + language) {
      rest = rest[(begin + 1)...]
      blocks.append(Array(rest.prefix { $0 != "```" }))
    }
    return blocks
  }

  @Test("The code of the first article is code that these tests compile")
  func code() throws {
    let blocks = Self.blocks("swift", of: try Self.article("FirstStatefulProperty"))
    let parts = try ["system", "machine", "labels"].map { part in
      try lines(
        of: "Toys/GrowingQueue.swift", between: "// article: \(part)", and: "// article: end")
    }
    #expect(blocks == parts)
  }

  @Test("The program in the first article is what its machine shrinks to")
  func program() throws {
    let blocks = Self.blocks("text", of: try Self.article("FirstStatefulProperty"))
    let report = queueMachine.run()
    let minimum = try #require(report.findings.first)
    let text = "\(queueMachine.transcript(of: minimum.testCase))"
    #expect(blocks.map { $0.joined(separator: "\n") } == [text])
    #expect("\(report)".contains(text))
  }

  @Test("The labels of the first article are reached where they are required")
  func labels() {
    let report = labelledQueueMachine.run(Search(required: ["empty", "grew twice"]))
    #expect(report.complaints.isEmpty)
    #expect(report.statistics.labels.names == ["empty", "grew twice"])
  }

  @Test("The article on shrinking tells of every pass, in the order in which they run")
  func passes() throws {
    let rows = try Self.article("HowShrinkingWorks").filter { $0.hasPrefix("| ") }.dropFirst()
    let names = rows.map { $0.dropFirst(2).prefix { $0 != "|" }.dropLast() }
    #expect(names.map(String.init) == [ShrinkPass].standard.map(\.name))
    #expect(rows.allSatisfy { $0.hasSuffix(". |") })
  }
}
