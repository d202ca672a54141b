import Foundation
import SharingModel
import Testing

/// Lists that are kept by hand, held to what they are lists of.
@Suite struct ListTests {
  /// The ids of the specification's table, in its order.
  static let specified = [
    "calls-return", "live-buffers-are-disjoint", "buffers-honour-their-layout",
    "live-buffers-lie-in-shared-granules", "private-memory-is-never-shared", "no-secret-leaves",
    "the-host-cannot-steer", "buffer-contents-are-kept", "granules-are-shared-once",
    "hypercalls-are-granule-aligned", "quarantine-is-never-reused",
    "nothing-is-shared-after-teardown", "nothing-is-served-after-teardown",
    "fresh-memory-is-zero", "returned-memory-is-scrubbed", "dma-memory-is-zero",
    "bounce-memory-is-zero", "bounce-copies-follow-the-direction",
    "the-heap-is-whole-after-teardown", "frames-are-conserved", "bad-requests-are-refused",
    "failed-calls-leave-no-trace", "allocation-succeeds-when-it-can", "refill-is-sufficient",
    "refill-only-on-miss", "granule-is-asked-once", "static-pools-make-no-hypercall",
    "mmio-guard-is-balanced", "free-buddies-are-merged",
    "placement-is-a-function-of-the-free-set", "work-is-bounded",
  ]
  /// What we check beyond it.
  static let ours = ["zeroed-memory-is-zero", "losses-are-reported", "good-requests-are-served"]

  private static let model = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/SharingModel")

  @Test("The invariants are the specification's, in its order, and our own")
  func specification() {
    let ids = Invariant.all.map(\.id)
    #expect(Self.specified.count == 31)
    #expect(ids.filter { !Self.ours.contains($0) } == Self.specified)
    #expect(ids.filter { !Self.specified.contains($0) } == Self.ours)
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
