import Foundation
import PropertyTesting
import PropertyTestingAdaptor
import Synchronization
import Testing

@Suite("Kept failures")
struct KeptFailuresTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "kept-\(UUID().uuidString)")

  private var kept: [URL] {
    get throws {
      guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
        return []
      }
      return try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
    }
  }

  /// A number that may be raised to a limit.
  private static func machine(below limit: Int) -> StateMachine<Int, Int> {
    StateMachine(model: { 0 }, system: { 0 }) { machine in
      machine.command("raise", run: { $0 += 1 }, update: { model, _ in model += 1 })
      machine.invariant("small") { _, number in number < limit ? nil : "\(number)" }
    }
  }

  /// The texts of the issues that a check of a machine records.
  private func issues(below limit: Int, programs: Int = 50) -> [String] {
    issues { failures in
      check(Self.machine(below: limit), programs: programs, failures: failures)
    }
  }

  private func issues(_ body: (KeptFailures) -> Void) -> [String] {
    let seen = Mutex<[String]>([])
    withKnownIssue(isIntermittent: true) {
      body(.folder(folder.path(percentEncoded: false)))
    } matching: { issue in
      seen.withLock { $0.append(issue.comments.map(\.rawValue).joined(separator: "\n")) }
      return true
    }
    return seen.withLock { $0 }
  }

  private func removeFolder() { try? FileManager.default.removeItem(at: folder) }

  @Test("What fails is kept, is replayed before any search, and goes when it holds")
  func life() throws {
    defer { removeFolder() }
    #expect(issues(below: 3).count == 1)
    let file = try #require(try kept.first)
    #expect(try kept.count == 1)
    // The check of this test is a function above it.
    let name = /PropertyTestingAdaptorTests-KeptFailuresTests-swift-life--\d+\.[0-9a-f]{16}\.txt/
    #expect(file.lastPathComponent.wholeMatch(of: name) != nil)
    #expect(
      try String(contentsOf: file, encoding: .utf8)
        == "# invariant “small” of raise\nraise()\nraise()\nraise()\n")
    // The kept program alone: a search would tell its statistics.
    let again = issues(below: 3)
    #expect(again.count == 1)
    #expect(again[0].contains("a kept failure fails again"))
    #expect(again[0].contains("✗ raise()"))
    #expect(!again[0].contains("programs, 0 discarded"))
    #expect(try kept.count == 1)
    // Repaired.
    #expect(issues(below: 1000) == [])
    #expect(try kept == [])
  }

  @Test("A value is kept as its choices")
  func values() throws {
    defer { removeFolder() }
    func run(below limit: Int) -> [String] {
      issues { failures in
        check(Generator<Int>.uniform(in: 0...999), failures: failures) { $0 < limit }
      }
    }
    #expect(run(below: 700).count == 1)
    #expect(try kept.count == 1)
    let again = run(below: 700)
    #expect(again.count == 1)
    #expect(again[0].contains("a kept failure fails again\n700\n"))
    #expect(run(below: 1000) == [])
    #expect(try kept == [])
  }

  @Test("What a check has kept is not another's of the same test, which would remove it")
  func neighbours() throws {
    defer { removeFolder() }
    func run(below limit: Int) -> [String] {
      issues { failures in
        check(Self.machine(below: limit), programs: 50, failures: failures)
        check(Self.machine(below: 1000), programs: 50, failures: failures)
      }
    }
    #expect(run(below: 3).count == 1)
    #expect(try kept.count == 1)
    let again = run(below: 3)
    #expect(again.count == 1)
    #expect(again[0].contains("a kept failure fails again"))
    #expect(run(below: 1000) == [])
    #expect(try kept == [])
  }

  @Test(
    "A damaged file gives one line and is passed over",
    arguments: [Data("# small\njump()\n".utf8), Data([0xff, 0xfe, 0]), Data()])
  func damaged(data: Data) throws {
    defer { removeFolder() }
    let property = Self.machine(below: 3).property
    let machine = Self.machine(below: 3)
    let shelf = FailureShelf<MachineFailure>(
      in: folder, name: "test", write: { machine.text(of: $0) },
      read: { try machine.parse($0) })
    let file = try #require(
      shelf.keep(try machine.parse("raise()"), failing: MachineFailure(.postcondition)))
    try data.write(to: file)
    let replay = shelf.replay(property)
    #expect(replay.failing.isEmpty)
    #expect(replay.ignored.count == 1)
    #expect(replay.ignored[0].hasPrefix("ignored the kept failure \(folder.path())"))
    #expect(!replay.ignored[0].contains("\n"))
    #expect(try kept.count == 1)
  }

  @Test(
    "A text of choices that is damaged makes no case", arguments: ["", "1", "2 7", "1 x", "-1"])
  func damagedChoices(text: String) {
    #expect(throws: ChoicesTextError.self) { try TestCase(keyText: text) }
  }

  @Test("Many that keep and replay at once never meet half of a file")
  func parallel() async throws {
    defer { removeFolder() }
    let folder = folder
    let counts = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let machine = Self.machine(below: 3)
          let shelf = FailureShelf<MachineFailure>(
            in: folder, name: "test", write: { machine.text(of: $0) },
            read: { try machine.parse($0) })
          var ignored = 0
          for _ in 0..<50 {
            let steps = Array(repeating: "raise()", count: 3).joined(separator: "\n")
            if let testCase = try? machine.parse(steps) {
              shelf.keep(testCase, failing: MachineFailure(.postcondition))
            }
            ignored += shelf.replay(machine.property).ignored.count
            // What holds is removed under the others' feet.
            _ = shelf.replay(Self.machine(below: 9).property)
          }
          return ignored
        }
      }
      return await group.reduce(0, +)
    }
    #expect(counts == 0)
  }

  @Test("The environment moves the folder or keeps nothing; by itself it lies beside the manifest")
  func place() {
    let standard = KeptFailures.standard
    #expect(
      standard.folder(for: #filePath, environment: ["PROPERTY_TESTING_FAILURES": "off"]) == nil)
    let moved = standard.folder(
      for: #filePath, environment: ["PROPERTY_TESTING_FAILURES": "/elsewhere"])
    #expect(moved?.path() == "/elsewhere")
    let usual = standard.folder(for: #filePath, environment: [:])
    #expect(usual?.lastPathComponent == ".property-failures")
    #expect(KeptFailures.off.folder(for: #filePath, environment: [:]) == nil)
  }
}
