import BugMuseum
import Foundation
import SharingModel
import Testing

@Suite struct ListTests {
  @Test("Every exhibit has a file of its own, and every file is in the list")
  func files() throws {
    let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/BugMuseum/Exhibits").path()
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }
      .map { URL(filePath: $0).deletingPathExtension().lastPathComponent.lowercased() }
    let exhibits = Exhibit.all + Exhibit.selfTests
    let ids = exhibits.map { $0.id.replacingOccurrences(of: "-", with: "") }
    #expect(names.sorted() == ids.sorted())
  }

  @Test("Exhibits are seen by invariants that there are")
  func seenBy() {
    let ids = Invariant.all.map(\.id)
    for exhibit in Exhibit.all {
      #expect(!exhibit.seenBy.isEmpty && exhibit.seenBy.allSatisfy(ids.contains))
      #expect(!exhibit.backends.isEmpty)
    }
  }
}
