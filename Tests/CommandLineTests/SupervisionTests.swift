import Exploration
import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@testable import sharecheck

/// What is told to workers and by them: whatever is not known there fails loudly.
@Suite struct SupervisionTests {
  private static let program = Grammar().program(seed: 3)
  private static let fingerprint = Fingerprint(
    invariant: "dma-memory-is-zero", command: .command(.dmaAlloc))
  private static let finding = Exploration.Finding(
    program, on: .gunyah, Verdict(violations: [.callsReturn("it trapped")], failingStep: 2),
    from: .sweep(Disturbance(.pinned, at: 7), point: "there", standalone: program))

  private static let jobs: [Job.Work] = [
    .campaign(
      Campaign(
        backends: [.kvm, .gunyah], seed: .max, programs: 7, seconds: 1.5, findings: 3,
        known: [fingerprint])),
    .sweep(FaultSweep(on: .pkvm, modes: [.hostPins], length: 3, random: 9, seed: 2, granule: 64)),
    .exhaustion(Exhaustion(ExhaustionBounds(), on: .kvm, mostStates: 10)),
    .shrinking(Shrinking(finding, on: [.kvm, .pkvm], seed: 5, proofBudget: .atMost(9))),
    .cases,
  ]

  private static func written(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("Every job is read as it was written")
  func jobs() throws {
    for work in Self.jobs {
      let text = try Self.written(Job(subject: .exhibit("canary"), work: work))
      let job = try JSONDecoder().decode(Job.self, from: Data(text.utf8))
      #expect(job.subject == .exhibit("canary"))
      #expect(try Self.written(job) == text)
    }
  }

  @Test("A finding is read as it was written, with the program and all evidence")
  func findings() throws {
    let text = try Self.written(Self.finding)
    let read = try JSONDecoder().decode(Exploration.Finding.self, from: Data(text.utf8))
    #expect(read == Self.finding)
  }

  @Test(
    "What a worker does not know is an error, and never something else instead",
    arguments: [
      ("\"gunyah\"", "\"xen\""), ("calls-return", "calls-come-back"), ("\"pinned\"", "\"pined\""),
      ("allocate ", "alocate "), ("\"campaign\"", "\"crusade\""),
    ])
  func unknown(known: String, unknown: String) throws {
    var isFound = false
    for work in Self.jobs {
      let text = try Self.written(Job(subject: .core, work: work))
      let other = text.replacingOccurrences(of: known, with: unknown)
      guard other != text else { continue }
      isFound = true
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Job.self, from: Data(other.utf8))
      }
    }
    #expect(isFound)
  }

  @Test("A worker that does not know the exhibit does not check the core")
  func unknownExhibit() throws {
    #expect(throws: ToolFailure.self) { try Subject.exhibit("no-such").rig() }
    #expect(try Subject.exhibit("canary").rig().id == "canary")
    // Over the border of a process, as a supervisor of another version might.
    let notes = try Scratch([UInt8](repeating: 0, count: 1 << 16))
    let work = Job.Work.exhaustion(Exhaustion(ExhaustionBounds(), on: .kvm, mostStates: 10))
    for (subject, code) in [(Subject.exhibit("no-such"), Int32(70)), (.core, 0)] {
      let job = try Self.written(Job(subject: subject, work: work))
      let result = try Tool.run(
        [
          "-c",
          "mkfifo \"$1.life$3\"; \"$0\" worker 3<>\"$1\" 4<>\"$1.life$3\" 5>&1 <<<\"$2\"",
          try Tool.path, notes.path, job, "\(code)",
        ], executable: "/bin/bash")
      #expect(result.code == code)
      #expect(result.output.contains(code == 0 ? "\"done\"" : "\"failed\""), "\(result.output)")
    }
  }

  @Test("A worker by itself has nothing to do and says so")
  func alone() throws {
    let result = try Tool.run("worker")
    #expect(result.code == 70)
    #expect(result.complaints.count == 1)
  }

  @Test("A worker that somebody kills is a fault of ours, and no violation")
  func killed() throws {
    let result = try Tool.run(
      ["exhaust", "--backend", "pkvm", "--states", "200000"], meddle: { kill($0, SIGKILL) })
    #expect(result.code == 70, "\(result.output)\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(result.complaints.count == 1)
    #expect(result.errors.contains("ended from outside"))
  }

  @Test("A worker that gets no processor for longer than the patience is not hung")
  func stopped() throws {
    var isStopped = false
    // As many as take longer than it takes to stop them.
    let states = "\(inRelease(20_000, debug: 400))"
    let result = try Tool.run(
      ["exhaust", "--backend", "kvm", "--states", states, "--hang-after", "1"],
      meddle: { worker in
        isStopped = kill(worker, SIGSTOP) == 0
        Thread.sleep(forTimeInterval: 3)
        kill(worker, SIGCONT)
      })
    #expect(isStopped)
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test("A worker that sleeps for ever is ended by the clock, and the evidence says so")
  func sleeping() throws {
    let found = try Tool.run(
      "exhaust", "--exhibit", "canary-sleeps", "--backend", "kvm", "--hang-after", "0.25")
    #expect(found.code == 1, "\(found.errors)")
    let evidence = try #require(found.lines.first { $0.hasPrefix("Evidence: ") })
    let form = /Evidence: the process did not return in 5 s, using (\d+\.\d) s of processor time.*/
    let used = try #require(evidence.wholeMatch(of: form), "\(evidence)").1
    #expect(try #require(Double(used)) < 0.2 && evidence.hasSuffix(", during the call."))
  }

  @Test("What ends a worker is a finding only where it may be the system's doing")
  func endings() {
    func isOfTheSystem(
      _ way: WorkerEnding.Way, _ phase: SharedProgress.Phase, peak: Int = 0
    ) -> Bool {
      WorkerEnding(way: way, peak: peak, complaint: nil).isOfTheSystem(phase)
    }
    for phase in [.building, .calling, .observing, .ending] as [SharedProgress.Phase] {
      #expect(isOfTheSystem(.signalled(SIGTRAP), phase))
      #expect(isOfTheSystem(.exited(3), phase))
      for hang in [.used(10), .waited(200, used: 0)] as [Hang] {
        #expect(isOfTheSystem(.hung(hang), phase))
      }
      for signal in [SIGKILL, SIGTERM, SIGHUP, SIGUSR1] {
        #expect(!isOfTheSystem(.signalled(signal), phase))
      }
    }
    #expect(!isOfTheSystem(.signalled(SIGTRAP), .none))
    #expect(!isOfTheSystem(.hung(.used(10)), .none))
    #expect(isOfTheSystem(.signalled(SIGTRAP), .none, peak: ChildProcess.memoryLimit))
  }

  @Test("A program of any length is replayed, whatever comes before it")
  func longPrograms() throws {
    let long = Array(repeating: "allocate a 16 align 16\nfree a\n", count: 1500).joined()
    let file = try Scratch("machine\n\(long)end\n")
    for verb in ["replay", "shrink"] {
      let result = try Tool.run(verb, "--backend", "kvm", "--hang-after", "600", file.path)
      #expect(result.code == 0, "\(verb): \(result.output)\(result.errors)")
    }
  }
}
