import ProgramText
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Disturbs all programs of up to `length` commands, and random ones, at every point on one
/// backend: what random faults leave to chance.
package struct FaultSweep: Explorer {
  package let backend: Backend
  package let modes: [Disturbance.Mode]
  /// The most commands of the programs that are all swept.
  package let length: Int
  /// How many random programs are swept besides, and the seed of the first.
  package let random: UInt64
  package let seed: UInt64
  /// The granule of the machine, in bytes.
  package let granule: UInt64

  package init(
    on backend: Backend, modes: [Disturbance.Mode] = Disturbance.Mode.allCases, length: Int,
    random: UInt64 = 0, seed: UInt64 = 0, granule: UInt64 = 4096
  ) {
    self.backend = backend
    self.modes = modes
    self.length = length
    self.random = random
    self.seed = seed
    self.granule = granule
  }

  /// The usual machine, with another granule.
  package static func machine(granule: UInt64) -> Configuration {
    var configuration = Configuration()
    configuration.granule = granule
    return configuration.normalised
  }

  /// The result of a sweep of one backend.
  package struct Result: Codable, Sendable {
    package var counts: SweepCounts
    package var finding: Finding?
  }

  package func explore(on stage: any Stage) throws -> Result {
    var sweeper = Sweeper(on: stage, backend, modes: modes)
    let grammar = stage.grammar
    let alphabet = Alphabet(sweeping: grammar.limits.nearest(Self.machine(granule: granule)))
    for length in 0...length {
      if let finding = try sweeper.sweepAll(alphabet, length: length) {
        return Result(counts: sweeper.counts, finding: finding)
      }
    }
    for number in 0..<random {
      // None of the long ones: each of their points would cost a run of all their commands.
      var choices = Choices(seed: seed &+ number, maximumLength: grammar.maximumLength)
      let program = grammar.program(from: &choices)
      if let finding = try sweeper.sweep(program).finding {
        return Result(counts: sweeper.counts, finding: finding)
      }
    }
    return Result(counts: sweeper.counts)
  }

  package func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> Result {
    var counts = SweepCounts(backend: backend.id)
    counts.programs = Int(progress.programs)
    counts.runs = Int(progress.tried)
    return Result(counts: counts, finding: finding)
  }

  package func origin(of found: Case) -> Finding.Origin {
    .sweep(
      found.disturbance, point: found.disturbance?.words(InjectionPoints()), standalone: nil)
  }

  package func line(_ progress: ExplorerProgress, seconds: Double) -> String {
    "\(backend.id): \(progress.programs) programs swept in \(progress.tried) runs, now those of "
      + counted(Int(progress.length), "command")
  }
}
