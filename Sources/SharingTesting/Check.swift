import Exploration
import PropertyTesting
import PropertyTestingAdaptor
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// Plays random programs on the systems of a rig, each on every backend, and records an issue for
/// each way to fail, with the smallest program that fails so.
///
///     @Test func sharer() {
///       check(Rig("my-sharer") { try MySystem($0) })
///     }
///
/// Where all programs hold, a line says what was played. Where none could be, an issue does. The
/// same rig, seed and number give the same programs, in every build; programs that reach something
/// new are built upon. `PROPERTY_TESTING_SEED` and `PROPERTY_TESTING_PROGRAMS` in the environment
/// say otherwise than the call which programs are played.
///
/// The systems run in the test's own process: one that traps or hangs ends it, or keeps it. With
/// `SHARECHECK_SHOW=1` in the environment each program is written to standard error before it is
/// played, so the last one there is the culprit. A shared library is checked in other processes:
/// `sharecheck run --subject`.
///
/// - Parameters:
///   - programs: how many programs are played.
///   - seed: what decides which.
///   - findings: after how many ways to fail it ends.
public func check(
  _ rig: Rig, on backends: [Backend] = Backend.all, programs: Int = 200, seed: UInt64 = 1,
  findings: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard programs > 0, findings > 0, !backends.isEmpty else {
    Issue.record(
      "nothing was checked: \(programs) programs on \(counted(backends.count, "backend"))",
      sourceLocation: sourceLocation)
    return
  }
  let search = Search(seed: seed, programs: programs).overridden()
  Search.recordProblems(at: sourceLocation)
  let campaign = Campaign(
    backends: backends, seed: search.seed, programs: UInt64(search.programs), findings: findings)
  Examination(rig, sourceLocation).run(campaign)
}

/// Plays one program on the systems of a rig, as a report prints it, and records an issue for each
/// backend on which it does not hold: a finding is kept as a test.
///
/// - Parameter program: the text; comments and what the commands answered may stay in it.
public func check(
  _ rig: Rig, program: String, on backends: [Backend] = Backend.all,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  do {
    Examination(rig, sourceLocation).replay(try Program(text: program), on: backends)
  } catch {
    Issue.record("the program cannot be read: \(error)", sourceLocation: sourceLocation)
  }
}
