import Foundation
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// That what is found is kept as text, and nothing is lost on the way.
@Suite struct SavingTests {
  /// What a run finds two violations of, and one that takes less to shrink.
  private static let (exhibit, findings) = inRelease(
    ("metadata-in-shared-memory", 2), debug: ("dma-not-zeroed", 1))

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("A run keeps each violation as a text that replays, and holds on the core")
  func saved() throws {
    let place = try Scratch()
    let folder = place.url.deletingLastPathComponent().appendingPathComponent("new/regressions")
      .path
    let arguments = [
      "run", "--exhibit", Self.exhibit, "--programs", "60",
      "--findings", "\(Self.findings)", "--save", folder,
    ]
    let report = try Tool.report(arguments)
    let names = try Self.names(folder)
    #expect(names.count == Self.findings)
    #expect(Set(report.findings.map(\.file)) == Set(names.map { "\(folder)/\($0)" }))
    for found in report.findings {
      let file = try #require(found.file)
      let invariant = try #require(found.finding.fingerprint?.invariant)
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let reproduce = try #require(found.reproduce)
      for part in ["violated: \(invariant)", "system: the exhibit", reproduce] {
        #expect(text.contains(part), "\(part)")
      }
      // As the corpora are replayed.
      let program = try Program(utf8: Array(text.utf8))
      #expect(program == found.finding.program)
      for backend in Backend.all {
        #expect(Lockstep().verdict(of: program, on: backend)?.holds != false)
      }
      #expect(try Tool.run("replay", file).code == 0)
      #expect(try Tool.run("replay", "--exhibit", Self.exhibit, file).code == 1)
    }
    // The same again changes nothing.
    #expect(try Tool.report(arguments).findings == report.findings)
    #expect(try Self.names(folder) == names)
  }

  @Test("A file of another program is never overwritten, whatever its name")
  func anotherProgram() throws {
    let place = try Scratch()
    let folder = place.url.deletingLastPathComponent().path
    let arguments = ["run", "--exhibit", "canary", "--backend", "kvm", "--save", folder]
    let first = try #require(try Tool.report(arguments).findings.first?.file)
    try "mine".write(toFile: first, atomically: false, encoding: .utf8)
    let second = try #require(try Tool.report(arguments).findings.first?.file)
    #expect(second != first)
    #expect(try String(contentsOfFile: first, encoding: .utf8) == "mine")
    #expect(try Tool.run("replay", second).code == 0)
    #expect(try Self.names(folder).count == 3)
  }

  @Test(
    "A folder that cannot be written is one line and 73, before any work where that can be seen")
  func unwritable() throws {
    let file = try Scratch("a file")
    for folder in [file.path, "/dev/null/x"] {
      let result = try Tool.run("run", "--exhibit", "canary", "--save", folder)
      #expect(result.code == 73)
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(result.output.isEmpty)
    }
    let late = try Tool.run("run", "--exhibit", "canary", "--backend", "kvm", "--save", "/proc")
    #expect(late.code == 73)
    #expect(late.complaints.count == 1, "\(late.errors)")
    if !late.output.isEmpty { #expect(late.output.contains("Reproduce it with")) }
  }

  @Test("A full disk is one line and 74, and the program is printed all the same")
  func fullDisk() throws {
    let program = try Scratch("machine\nallocate b 12288 align 1\nfree b\nend\n")
    let result = try Tool.run(
      "shrink", "--exhibit", "canary", "--backend", "kvm", "--output", "/dev/full", program.path)
    #expect(result.code == 74)
    #expect(result.complaints.count == 1, "\(result.errors)")
    #expect(result.output.contains("\nallocate"))
  }

  @Test("A shrunk program takes the place of its own file only when it is written")
  func inPlace() throws {
    let file = try Scratch("machine\nallocate b 12288 align 1\nfree b\nend\n")
    let result = try Tool.run(
      "shrink", "--exhibit", "canary", "--backend", "kvm", "--output", file.path, file.path)
    #expect(result.code == 1)
    #expect(try Program(text: file.text).steps.count == 1)
    #expect(try file.text.contains("# violated: buffers-honour-their-layout, by allocate, on kvm"))
    #expect(try Self.names(file.url.deletingLastPathComponent().path).count == 1)
  }
}
