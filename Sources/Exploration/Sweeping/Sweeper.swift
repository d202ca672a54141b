import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Disturbs programs at every point, one point a run.
///
/// Each program runs once as it is, which shows its points, and then once for each point in each
/// mode, with all checks at every event and command.
package struct Sweeper {
  package let backend: Backend
  package let modes: [Disturbance.Mode]
  package private(set) var counts: SweepCounts
  private let stage: any Stage
  private var progress = ExplorerProgress()

  package init(
    on stage: any Stage, _ backend: Backend,
    modes: [Disturbance.Mode] = Disturbance.Mode.allCases
  ) {
    self.stage = stage
    self.backend = backend
    self.modes = modes
    counts = SweepCounts(backend: backend.id)
  }

  // MARK: One program

  /// Sweeps one program, as far as the first violation.
  ///
  /// - Returns: the violation, and a bit for each of the first 64 steps that were no-ops in every
  ///   run.
  @discardableResult
  package mutating func sweep(_ program: Program) throws -> (finding: Finding?, noOpSteps: UInt64) {
    progress.programs += 1
    progress.length = UInt64(program.steps.count)
    var next = Case(program, on: backend, number: progress.programs)
    guard let plain = try play(next, keeping: .injectionPoints), let points = plain.injectionPoints
    else {
      return (nil, 0)
    }
    counts.programs += 1
    counts.runs += 1
    guard plain.verdict.holds else { return (try finding(next, points, plain.verdict), 0) }
    var noOpSteps = plain.noOpSteps
    for mode in modes {
      for disturbance in points.disturbances(mode) {
        next.disturbance = disturbance
        guard let run = try play(next) else { continue }
        counts.runs += 1
        counts.points[mode.rawValue, default: 0] += 1
        guard run.verdict.holds else { return (try finding(next, points, run.verdict), 0) }
        noOpSteps &= run.noOpSteps
      }
    }
    return (nil, noOpSteps)
  }

  private mutating func play(_ next: Case, keeping parts: Run.Parts = []) throws -> Run? {
    progress.tried += 1
    stage.tell(progress)
    return try stage.play(next, keeping: parts)
  }

  private func finding(
    _ found: Case, _ points: InjectionPoints, _ verdict: Verdict
  ) throws -> Finding {
    var standalone: Program?
    if let disturbance = found.disturbance {
      let violated = verdict.violations.map(\.id)
      standalone = try found.program.candidates(saying: disturbance, points).first {
        try stage.play(Case($0, on: backend))?.verdict.violations.map(\.id) == violated
      }
    }
    let account = try stage.account(of: found)
    return Finding(
      found.program, on: backend, verdict,
      from: .sweep(
        found.disturbance, point: found.disturbance?.words(points), standalone: standalone),
      account: account)
  }

  // MARK: Many programs

  /// Sweeps all programs of an alphabet with `length` commands, as far as the first violation.
  ///
  /// A suffix after a step that was a no-op in every run is pruned. That step makes no hypercall
  /// and leaves the machine as it was, wherever the program is disturbed, so that each run ends as
  /// one of the program without the step does, which is shorter and is swept as well; the gaps on
  /// both sides of the step are one there. Nothing else is pruned: a fault in an earlier command is
  /// another run for every command that follows it.
  package mutating func sweepAll(_ alphabet: Alphabet, length: Int) throws -> Finding? {
    let before = counts.programs
    var odometer = Odometer(length: length)
    while let program = odometer.turn({ alphabet.program(from: &$0, length: length) }) {
      let (finding, noOpSteps) = try sweep(program)
      if let finding { return finding }
      if noOpSteps != 0 { odometer.skip(keeping: noOpSteps.trailingZeroBitCount + 1) }
    }
    counts.passedOver += alphabet.programs(ofLength: length) - (counts.programs - before)
    return nil
  }
}
