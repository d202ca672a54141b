import Foundation
import MemorySharing
import Testing

@Suite("The example of the README")
struct ReadmeTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOf: package.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test("It is code that these tests compile")
  func code() throws {
    let source = try Self.lines("Tests/MemorySharingTests/ReadmeExample.swift")
    let example = source.drop { $0 != "// readme: begin" }.dropFirst()
      .prefix { $0 != "// readme: end" }
    #expect(example.count > 10)
    let readme = try Self.lines("README.md")
    let blocks = readme.split(separator: "```swift").dropFirst().map { $0.prefix { $0 != "```" } }
    #expect(blocks.contains { Array($0) == Array(example) })
  }

  @Test("It shares one granule and takes it back")
  func run() throws {
    let conduit = RecordingConduit { asked in
      switch HypercallFunction(rawValue: UInt32(truncatingIfNeeded: asked.x0)) {
      case .vendorUID: HypercallRegisters(0xB66F_B428, 0xE911_C52E, 0x564B_CAA9, 0x743A_004D)
      case .memInfo, .mmioGuardInfo: HypercallRegisters(4096)
      default: HypercallRegisters(0)
      }
    }
    let arena = range(0x8000_0000, 0x10000)
    let bytes = Int(
      try #require(
        BuddyAllocator.metadataSize(covering: arena, minimumBlock: 16, orders: 16)))
    let storage = (0..<3).map { _ in
      UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 8)
    }
    let heapBlocks = UnsafeMutablePointer<BuddyAllocator>.allocate(capacity: 1)
    heapBlocks.initialize(to: BuddyAllocator(minimumBlock: 16, orders: 16, metadata: storage[0]))
    defer {
      heapBlocks.deinitialize(count: 1).deallocate()
      for buffer in storage { buffer.deallocate() }
    }
    let report = try shareOnePage(
      through: conduit, memory: SharerWorld(), ram: range(0x8000_0000, 0x2_0000), arena: arena,
      heapBlocks: heapBlocks,
      poolBlocks: BuddyAllocator(minimumBlock: 16, orders: 16, metadata: storage[1]),
      records: storage[2])
    #expect(report.granulesUnshared == 1)
    #expect(report.granulesQuarantined == 0)
    #expect(report.regionsReturned == 1)
    let shares = conduit.calls.filter { [0xC600_0003, 0xC600_0004].contains($0.x0) }
    #expect(shares.map(\.x0) == [0xC600_0003, 0xC600_0004])
    #expect(shares.map(\.x1) == [0x8000_0000, 0x8000_0000])
    #expect(conduit.abandoned.isEmpty)
  }
}
