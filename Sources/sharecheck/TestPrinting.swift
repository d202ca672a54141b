import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Prints a program as a Swift test, for the backends on which it fails, or for all if it holds.
struct TestPrinting {
  let system: SystemUnderTest

  func print(_ program: Program, _ file: String, _ evaluator: Evaluator) throws {
    let traces = try system.backends.compactMap { try evaluator.trace(program, on: $0) }
    guard let first = traces.first(where: { !$0.holds }) ?? traces.first else {
      throw ToolFailure.badInput("\(file): no backend can run it")
    }
    let like = traces.filter { $0.fingerprint == first.fingerprint }
    let source = TestSource(
      program, violated: first.violations.first.map { ($0.invariant, $0.sentence) },
      in: first.failingCommand, backends: like.map(\.backend), exhibit: system.exhibit?.id)
    guard Terminal.write(source.text, to: 1) else {
      throw ToolFailure.cannotPrint("standard output cannot be written")
    }
    if !first.holds { throw Violated() }
  }
}
