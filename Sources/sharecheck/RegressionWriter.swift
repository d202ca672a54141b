import Exploration
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// From a small program that fails to the text that tells its story.
struct RegressionWriter {
  let system: SystemUnderTest
  let supervisor: Supervisor

  /// - Parameter foundBy: the command line that found it; nil where it came from a file.
  func regression(_ finding: Finding, foundBy: String?) throws -> Regression {
    var regression = Regression(finding, system: system.subject.words, foundBy: foundBy)
    // What kills a process costs one for every question, and one that hangs the patience as well.
    guard let fingerprint = finding.fingerprint, !finding.isDeadly else { return regression }
    let stage = try supervisor.stage()
    regression.backends = try system.backends.filter { backend in
      try stage.play(Case(finding.program, on: backend))?.verdict.fingerprint == fingerprint
    }.map(\.id)
    for index in finding.program.steps.indices {
      var without = finding.program
      without.steps.remove(at: index)
      let verdict = try stage.play(Case(without, on: finding.backend))?.verdict
      regression.without.append(Self.comment(verdict, otherwise: fingerprint))
    }
    return regression
  }

  private static func comment(_ verdict: Verdict?, otherwise fingerprint: Fingerprint) -> String {
    guard let verdict else { return "it cannot run" }
    guard let found = verdict.fingerprint else { return "all holds" }
    return found == fingerprint
      ? "it is violated as well" : "\(found.invariant) is violated instead"
  }
}
