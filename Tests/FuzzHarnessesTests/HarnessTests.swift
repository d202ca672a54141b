import FuzzHarnesses
import FuzzSupport
import PropertyTesting
import Testing

@Suite struct HarnessTests {
  /// The folder of this package.
  private static let package =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  private static func text(_ path: String) -> String? {
    guard case .bytes(let bytes) = contents(of: "\(package)/\(path)") else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "Random inputs, random bytes and the seeds of a corpus hold",
    arguments: FuzzHarness.all.map(\.name))
  func replay(name: String) throws {
    let harness = try #require(FuzzHarness.all.first { $0.name == name })
    var numbers = RandomNumbers(seed: 1)
    let corpus = "\(Self.package)/corpora/\(name.dropFirst("fuzz-".count))"
    if case .files(let files) = inputs(at: corpus) {
      for file in files {
        guard case .bytes(let bytes) = contents(of: file) else { continue }
        #expect(bytes.withUnsafeBytes(harness.check) == nil, "\(file)")
      }
    }
    for seed: UInt64 in 1...20 {
      let bytes = harness.input(seed: seed)
      let isCheap = bytes.withUnsafeBytes(harness.accepts)
      if isCheap { #expect(bytes.withUnsafeBytes(harness.check) == nil, "seed \(seed)") }
    }
    #expect(harness.commands() > 0)
    for _ in 0..<100 {
      let count = numbers.next(below: UInt64(harness.maximumLength) + 1)
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      let isCheap = bytes.withUnsafeBytes(harness.accepts)
      if isCheap { #expect(bytes.withUnsafeBytes(harness.check) == nil, "\(bytes)") }
    }
  }

  @Test("What harnesses once found holds", arguments: FuzzHarness.all.map(\.name))
  func regressions(name: String) throws {
    let harness = try #require(FuzzHarness.all.first { $0.name == name })
    let folder = "\(Self.package)/corpora/regressions/\(name.dropFirst("fuzz-".count))"
    guard let checkText = harness.checkText, case .files(let files) = inputs(at: folder) else {
      return
    }
    for file in files {
      guard case .bytes(let bytes) = contents(of: file) else {
        Issue.record("\(file) cannot be read")
        continue
      }
      #expect(try checkText(String(decoding: bytes, as: UTF8.self)) == nil, "\(file)")
    }
  }

  @Test(
    "Every harness has a short main of its name, and a row in the table that says what it finds")
  func documented() throws {
    let table = try #require(Self.text("Fuzz/README.md"))
    for harness in FuzzHarness.all {
      let main = try #require(
        Self.text("Fuzz/\(harness.name)/main.swift"), "\(harness.name) has no main")
      #expect(main.split(separator: "\n").count <= 30)
      #expect(main.contains("fuzzOrReplay(.\(harness.name.dropFirst("fuzz-".count)))"))
      #expect(table.contains("| `\(harness.name)` | \(harness.finds) |"))
    }
    #expect(Set(FuzzHarness.all.map(\.name)).count == FuzzHarness.all.count)
  }
}
