import Exploration
import FuzzSupport
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct CorpusTests {
  /// The folder `corpora` of this package.
  private static let corpora =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/corpora"

  private static func files() throws -> [String] {
    guard case .files(let files) = inputs(at: corpora + "/lockstep") else { return [] }
    return files
  }

  @Test("Every file of the corpus holds on every backend; all reach all that there is")
  func replay() throws {
    let check = AllBackendsCheck()
    let files = try Self.files()
    #expect(files.count >= 40)
    for file in files {
      guard case .bytes(let bytes) = contents(of: file) else {
        Issue.record("\(file) cannot be read")
        continue
      }
      #expect(bytes.count <= check.mostBytes, "\(file): the end would be cut off")
      let program = check.program(bytes: bytes)
      if let finding = check.finding(in: program) { Issue.record("\(file): \(finding)") }
    }
    // Every kind of command, served, and faults of every mode.
    let coverage = check.lockstep.coverage
    for kind in Command.Kind.allCases {
      #expect(coverage.served[kind.rawValue] > 0, "\(kind) is never served")
    }
    #expect(coverage.faults.failed > 0)
    #expect(coverage.faults.failedButTookEffect > 0)
    #expect(coverage.faults.answeredGarbage > 0)
    #expect(coverage.heapFaults > 0)
    #expect(coverage.refills > 0)
    #expect(coverage.quarantines > 0)
  }

  @Test("Every regression is a program that holds on every backend, or on those it can run on")
  func regressions() throws {
    guard case .files(let files) = inputs(at: Self.corpora + "/regressions") else {
      Issue.record("the regressions cannot be listed")
      return
    }
    let programs = files.filter { $0.hasSuffix(".txt") }
    #expect(programs.count >= 3)
    let lockstep = Lockstep()
    for file in programs {
      guard case .bytes(let bytes) = contents(of: file) else {
        Issue.record("\(file) cannot be read")
        continue
      }
      let program = try Program(utf8: bytes)
      for backend in Backend.all {
        guard let verdict = lockstep.verdict(of: program, on: backend) else { continue }
        #expect(verdict.holds, "\(file) on \(backend.id): \(verdict.violations.map(\.id))")
      }
    }
  }
}
