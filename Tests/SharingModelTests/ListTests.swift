import Foundation
import Testing

@testable import SharingModel

/// Lists that are kept by hand, held to what they are lists of.
@Suite struct ListTests {
  private static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let model = package.appending(path: "Sources/SharingModel")

  /// The rows of the table of invariants in the specification: id, scope, times, needs, sentence.
  private static func specified() throws -> [[String]] {
    let text = try String(contentsOf: package.appending(path: "docs/SPEC.md"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
      .drop { $0 != "## §7 Invariants" }.prefix { !$0.hasPrefix("### ") }
      .filter { $0.hasPrefix("| `") }
      .map { row in
        row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
  }

  /// When an invariant is asked, as the specification writes it.
  private static func times(_ invariant: Invariant) -> String {
    if invariant.needs.contains(.supervision) { return "by a supervisor" }
    var times: [String] = []
    if invariant.events.contains(.hypercalls) { times.append("c") }
    if invariant.events.contains(.heap) { times.append("h") }
    if invariant.events.contains(.memory) { times.append("m") }
    if invariant.afterCommand != nil { times.append("e") }
    return times.joined(separator: " ")
  }

  private static func scope(_ invariant: Invariant) -> String {
    (invariant.scope.contains(.dynamic) ? "D" : "") + (invariant.scope.contains(.fixed) ? "S" : "")
      + (invariant.scope.contains(.heap) ? "H" : "")
  }

  /// What the specification calls a need.
  private static let needs: [(Capabilities, String)] = [
    (.supervision, "a process of its own"), (.twin, "a twin"), (.reports, "reports"),
    (.freeBlocks, "free blocks"), (.pooling, "pooling"), (.placement, "placement"),
    (.steps, "steps"), (.callOrder, "call order"), (.turnstile, "a turnstile"),
    (.evidence, "evidence"), (.zeroing, "zeroing"), (.closing, "closing"),
  ]

  @Test("The specification's table is the list of invariants")
  func specification() throws {
    let table = Invariant.all.map { invariant in
      [
        "`\(invariant.id)`", Self.scope(invariant), Self.times(invariant),
        Self.needs.filter { invariant.needs.contains($0.0) }.map(\.1).joined(separator: ", "),
        invariant.sentence,
      ]
    }
    let specified = try Self.specified()
    #expect(specified.count == table.count)
    for (row, invariant) in zip(specified, table) { #expect(row == invariant) }
    #expect(Invariant.all.allSatisfy { $0.sentence.hasSuffix(".") })
  }

  @Test("Every invariant has a file of its own, and every file is in the list")
  func files() throws {
    let folder = Self.model.appending(path: "Invariants").path()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0 != "Invariant+All.swift" }
      .map { $0.replacingOccurrences(of: ".swift", with: "").lowercased() }
    let ids = Invariant.all.map { $0.id.replacingOccurrences(of: "-", with: "") }
    #expect(names.sorted() == ids.sorted())
  }

  @Test("The model names none of the core's algorithms")
  func noAlgorithms() throws {
    let banned = [
      "BuddyAllocator", "BlockKernel", "KernelLevel", "BlockOrder", "MemorySharer", "SharedPool",
    ]
    let folder = Self.model.path()
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }
    #expect(files.count > Invariant.all.count)
    for file in files {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      for name in banned { #expect(!text.contains(name), "\(file) mentions \(name)") }
    }
  }
}
