import Foundation
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Which programs a sweep is about.
struct SweepPlan {
  var length: Int
  var random: Int
  var seed: UInt64
  var granule: UInt64
  var modes: [Disturbance.Mode]

  /// The usual machine, with another granule.
  static func machine(granule: UInt64) -> Configuration {
    var configuration = Configuration()
    configuration.granule = granule
    return configuration.normalised
  }
}

/// What a worker says when it has swept a backend.
struct SweepResult: Codable {
  var counts: SweepCounts
  var violation: SweepReport.Violation?
}

/// Sweeps one backend after the other, each in a child process; where the child dies, the run that
/// killed it is a violation like any other.
struct SweepSupervisor {
  let system: SystemUnderTest
  let plan: SweepPlan
  let patience: Double

  func run() throws -> SweepReport {
    let clock = ContinuousClock()
    let start = clock.now
    var report = SweepReport(
      length: plan.length, random: plan.random, seed: plan.seed, granule: plan.granule)
    for backend in system.backends where report.violation == nil {
      let result = try sweep(backend)
      report.rows.append(result.counts)
      report.violation = result.violation
    }
    report.seconds = start.duration(to: clock.now).seconds
    return report
  }

  private func sweep(_ backend: Backend) throws -> SweepResult {
    let notes = try SharedNotes()
    let child = try ChildProcess(arguments(backend), notes: notes)
    let progress = ProgressLine()
    defer { progress.clear() }
    let clock = ContinuousClock()
    var lastBeat = notes[.heartbeat]
    var lastChange = clock.now
    while true {
      switch child.line(within: 200) {
      case .line(let line):
        guard let result = try? JSONDecoder().decode(SweepResult.self, from: Data(line)) else {
          throw ToolFailure.ourFault("the worker answered what makes no sense")
        }
        return result
      case .closed: return try death(child.wait(), notes, backend)
      case .nothingYet: break
      }
      if notes[.heartbeat] != lastBeat {
        lastBeat = notes[.heartbeat]
        lastChange = clock.now
      } else if lastChange.duration(to: clock.now).seconds > patience {
        return try death(child.wait(hung: patience), notes, backend)
      }
      progress.show(
        "\(backend.id): \(notes[.program]) programs swept in \(notes[.tried]) runs, now those of "
          + Counterexample.counted(Int(notes[.length]), "command"))
    }
  }

  private func death(
    _ ending: Ending, _ notes: SharedNotes, _ backend: Backend
  ) throws -> SweepResult {
    guard let testCase = notes.testCase else {
      throw ToolFailure.ourFault(
        "the worker ended before its first program: \(ending.sentence(.none))")
    }
    var choices = Choices(replaying: testCase)
    let program = Grammar().program(from: &choices)
    let modes = Disturbance.Mode.allCases
    let mode = Int(clamping: notes[.mode])
    let disturbance =
      modes.indices.contains(mode) ? Disturbance(modes[mode], at: Int(notes[.place])) : nil
    var counts = SweepCounts(backend: backend.id)
    counts.programs = Int(notes[.program])
    counts.runs = Int(notes[.tried])
    return SweepResult(
      counts: counts,
      violation: SweepReport.Violation(
        killed: program, on: backend.id, by: disturbance, ending.sentence(notes.phase)))
  }

  private func arguments(_ backend: Backend) -> [String] {
    let exhibit = system.exhibit.map { ["--exhibit", $0.id] } ?? []
    return [
      "work-sweep", "--backend", backend.id, "--length", "\(plan.length)", "--random",
      "\(plan.random)", "--seed", "\(plan.seed)", "--granule", "\(plan.granule)", "--mode",
    ] + plan.modes.map(\.rawValue) + exhibit
  }
}
