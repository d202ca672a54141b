import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// Disturbs programs at every point, one point a run: what random faults leave to chance.
///
/// Each program runs once as it is, which shows its points, and then once for each point in each
/// mode, with all checks at every event and command.
public struct FaultSweep {
  public let backend: Backend
  public let modes: [Disturbance.Mode]
  public private(set) var counts: SweepCounts
  private let lockstep: Lockstep

  public init(
    with lockstep: Lockstep, on backend: Backend,
    modes: [Disturbance.Mode] = Disturbance.Mode.allCases
  ) {
    self.lockstep = lockstep
    self.backend = backend
    self.modes = modes
    counts = SweepCounts(backend: backend.id)
  }

  /// A program that does not hold where it is disturbed.
  public struct Finding: Sendable {
    public let program: Program
    public let backend: Backend
    /// Nil where the program does not hold as it is.
    public let disturbance: Disturbance?
    public let occasions: Occasions
    public let verdict: Verdict
  }

  // MARK: One program

  /// Sweeps one program, as far as the first violation.
  ///
  /// - Parameter willRun: hears what is disturbed next; nil is the run that shows the points.
  /// - Returns: the violation, and a bit for each of the first 64 steps that came to nothing in every
  ///   run.
  @discardableResult
  public mutating func sweep(
    _ program: Program, willRun: (Disturbance?) -> Void = { _ in }
  ) -> (finding: Finding?, idleSteps: UInt64) {
    willRun(nil)
    guard let verdict = lockstep.run(program, on: backend, notingOccasions: true),
      let occasions = lockstep.occasions
    else { return (nil, 0) }
    counts.programs += 1
    counts.runs += 1
    guard verdict.holds else {
      return (finding(program, nil, occasions, verdict), 0)
    }
    var idleSteps = lockstep.idleSteps
    for mode in modes {
      for disturbance in occasions.disturbances(mode) {
        willRun(disturbance)
        guard let verdict = lockstep.run(program, on: backend, disturbed: disturbance) else {
          continue
        }
        counts.runs += 1
        counts.points[mode.rawValue, default: 0] += 1
        guard verdict.holds else {
          return (finding(program, disturbance, occasions, verdict), 0)
        }
        idleSteps &= lockstep.idleSteps
      }
    }
    return (nil, idleSteps)
  }

  private func finding(
    _ program: Program, _ disturbance: Disturbance?, _ occasions: Occasions, _ verdict: Verdict
  ) -> Finding {
    Finding(
      program: program, backend: backend, disturbance: disturbance, occasions: occasions,
      verdict: verdict)
  }

  // MARK: Many programs

  /// Sweeps all programs of an alphabet with so many commands, as far as the first violation.
  ///
  /// What goes on behind a step that came to nothing in every run is passed over. That step makes no
  /// hypercall and leaves the machine as it was, wherever the program is disturbed, so that each run
  /// ends as one of the program without the step does, which is shorter and is swept as well; the
  /// gaps on both sides of the step are one there. Nothing else is passed over: a fault in an earlier
  /// command is another run for every command that follows it.
  public mutating func sweepAll(
    _ alphabet: Alphabet, length: Int, willRun: (Program, Disturbance?) -> Void = { _, _ in }
  ) -> Finding? {
    let before = counts.programs
    var odometer = Odometer(length: length)
    while true {
      let turn = odometer.turn { choices in
        let program = alphabet.program(from: &choices, length: length)
        return sweep(program) { willRun(program, $0) }
      }
      guard let turn else { break }
      if let finding = turn.finding { return finding }
      if turn.idleSteps != 0 { odometer.skip(keeping: turn.idleSteps.trailingZeroBitCount + 1) }
    }
    counts.passedOver += alphabet.programs(ofLength: length) - (counts.programs - before)
    return nil
  }
}
