import Foundation
import PropertyTesting
import Testing

@Suite("Pinned results")
struct PinnedTests {
  @Test("Searching and shrinking come to what they came to when they were pinned")
  func pinned() throws {
    let folds = ShrinkSubject.allFolds
    if ProcessInfo.processInfo.environment["SHARECHECK_PIN"] == "1" { return try Self.pin(folds) }
    #expect(Pinned.folds.count == folds.count)
    for (name, fold) in folds {
      #expect(Pinned.folds[name] == fold, "\(name); to pin: SHARECHECK_PIN=1")
    }
  }

  @Test("Other subjects have other results")
  func distinct() {
    #expect(Set(Pinned.folds.values).count == Pinned.folds.count)
  }

  private static func pin(_ folds: [(name: String, fold: UInt64)]) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Pinned.swift")
    var lines = try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    let first = try #require(lines.firstIndex { $0.contains("= [") }) + 1
    lines.removeAll { $0.hasPrefix("    \"") }
    let rows = folds.map { "    \"\($0.name)\": 0x\(String($0.fold, radix: 16))," }
    lines.insert(contentsOf: rows, at: first)
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
  }
}
