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
  var violation: FailingProgram?
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
    let fate: ChildProcess.Fate<SweepResult> = try child.fate(notes, patience: patience) {
      "\(backend.id): \(notes[.program]) programs swept in \(notes[.tried]) runs, now those of "
        + Counterexample.counted(Int(notes[.length]), "command")
    }
    switch fate {
    case .answered(let result): return result
    case .died(let ending): return try death(ending, notes, backend)
    }
  }

  private func death(
    _ ending: Ending, _ notes: SharedNotes, _ backend: Backend
  ) throws -> SweepResult {
    let program = try notes.program(behind: ending)
    let modes = Disturbance.Mode.allCases
    let mode = Int(clamping: notes[.mode])
    let disturbance =
      modes.indices.contains(mode) ? Disturbance(modes[mode], at: Int(notes[.place])) : nil
    var counts = SweepCounts(backend: backend.id)
    counts.programs = Int(notes[.program])
    counts.runs = Int(notes[.tried])
    return SweepResult(
      counts: counts,
      violation: FailingProgram(
        killed: program, on: backend, by: disturbance, ending.sentence(notes.phase)))
  }

  private func arguments(_ backend: Backend) -> [String] {
    let exhibit = system.exhibit.map { ["--exhibit", $0.id] } ?? []
    return [
      "work-sweep", "--backend", backend.id, "--length", "\(plan.length)", "--random",
      "\(plan.random)", "--seed", "\(plan.seed)", "--granule", "\(plan.granule)", "--mode",
    ] + plan.modes.map(\.rawValue) + exhibit
  }
}
