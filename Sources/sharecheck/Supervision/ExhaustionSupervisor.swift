import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// What a worker says when its walk is over.
struct ExhaustionResult: Codable {
  var counts: Exhaustion.Counts
  var isComplete: Bool
  var violation: FailingProgram?
}

/// Walks the states of one backend in a child process; where the child dies, the program that killed
/// it is a violation like any other.
struct ExhaustionSupervisor {
  let system: SystemUnderTest
  let bounds: Bounding
  let patience: Double

  func run(_ backend: Backend) throws -> ExhaustionResult {
    let notes = try SharedNotes()
    let child = try ChildProcess(arguments(backend), notes: notes)
    let clock = ContinuousClock()
    let start = clock.now
    let fate: ChildProcess.Fate<ExhaustionResult> = try child.fate(notes, patience: patience) {
      line(notes, backend, start.duration(to: clock.now).seconds)
    }
    switch fate {
    case .answered(let result): return result
    case .died(let ending):
      return ExhaustionResult(
        counts: Exhaustion.Counts(), isComplete: false,
        violation: FailingProgram(
          killed: try notes.program(behind: ending), on: backend, ending.sentence(notes.phase)))
    }
  }

  private func line(_ notes: SharedNotes, _ backend: Backend, _ seconds: Double) -> String {
    let (states, frontier) = (notes[.distinctStates], notes[.frontier])
    let left = seconds * Double(frontier) / Double(max(states, frontier + 1) - frontier)
    return "\(backend.id): \(states) states, \(notes[.tried]) transitions, \(frontier) to be tried,"
      + " which takes \(Int(left)) s and what they lead to"
  }

  private func arguments(_ backend: Backend) -> [String] {
    let exhibit = system.exhibit.map { ["--exhibit", $0.id] } ?? []
    return ["work-exhaust", "--backend", backend.id] + bounds.arguments + exhibit
  }
}
