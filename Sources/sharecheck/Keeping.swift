import SharingHarness
import SharingModel
import SimulatedHypervisors

/// From a small program that fails to the text that tells its story.
struct Keeping {
  let system: SystemUnderTest
  let patience: Double

  /// - Parameter foundBy: the command line that found it; nil where it came from a file.
  func regression(_ example: Counterexample, foundBy: String?) throws -> Regression {
    var regression = Regression(
      example, system: system.exhibit.map { "the exhibit \($0.id)" } ?? "the core",
      foundBy: foundBy)
    // What kills a process costs one for every question, and one that hangs the patience as well.
    guard let fingerprint = example.trace.fingerprint, fingerprint.invariant != "calls-return"
    else {
      return regression
    }
    let evaluator = try Evaluator(system, patience: patience)
    regression.backends = try system.backends.filter { backend in
      try evaluator.trace(example.program, on: backend)?.fingerprint == fingerprint
    }.map(\.id)
    guard let backend = Backend.named(example.trace.backend) else { return regression }
    for index in example.program.steps.indices {
      var without = example.program
      without.steps.remove(at: index)
      let trace = try evaluator.trace(without, on: backend)
      regression.without.append(Self.comment(trace, otherwise: fingerprint))
    }
    return regression
  }

  private static func comment(_ trace: Trace?, otherwise fingerprint: Fingerprint) -> String {
    guard let trace else { return "it cannot run" }
    guard let found = trace.fingerprint else { return "all holds" }
    return found == fingerprint
      ? "it is violated as well" : "\(found.invariant) is violated instead"
  }
}
