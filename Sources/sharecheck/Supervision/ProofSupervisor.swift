import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Proves minimality: in one child process for all programs, or with a child for each that kills it.
struct ProofSupervisor {
  let system: SystemUnderTest
  /// The most programs; nil for what is usual.
  let budget: Int?
  let patience: Double

  /// How sure it is that a program is the smallest that fails as it does on a backend.
  ///
  /// - Parameter evaluator: runs what would kill a child that has all programs to run.
  func minimality(
    of program: Program, on backend: Backend, keeping fingerprint: Fingerprint,
    _ evaluator: Evaluator
  ) throws -> Minimality {
    if fingerprint.invariant != "calls-return",
      let minimality = try provedInOneChild(program, backend)
    {
      return minimality
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    return MinimalityProof(budget: budget ?? MinimalityProof.deadlyBudget)(
      program, keeping: fingerprint
    ) { length, tried in
      progress.show(Self.line(UInt64(length), UInt64(tried)))
    } evaluate: {
      evaluator.attempt($0, on: backend)
    }
  }

  /// Nil where the child died, or hung, on one of the programs.
  private func provedInOneChild(_ program: Program, _ backend: Backend) throws -> Minimality? {
    let notes = try SharedNotes()
    let child = try ChildProcess(arguments(backend), notes: notes)
    let text = Array(program.text.utf8)
    child.send(Array("\(text.count)\n".utf8) + text)
    let fate: ChildProcess.Fate<Minimality> = try child.fate(notes, patience: patience) {
      Self.line(notes[.length], notes[.tried])
    }
    guard case .answered(let minimality) = fate else { return nil }
    return minimality
  }

  private func arguments(_ backend: Backend) -> [String] {
    let exhibit = system.exhibit.map { ["--exhibit", $0.id] } ?? []
    let budget = budget ?? MinimalityProof.usualBudget
    return ["work-prove", "--backend", backend.id, "--budget", "\(budget)"] + exhibit
  }

  private static func line(_ length: UInt64, _ tried: UInt64) -> String {
    "proving: \(tried) programs tried, now those of \(Counterexample.counted(Int(length), "command"))"
  }
}
