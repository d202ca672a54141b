import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Runs single programs in a child process, and starts another one when it dies: what kills the
/// child is a violation of calls-return like any other.
final class Evaluator {
  private let system: SystemUnderTest
  private let notes: SharedNotes
  private var child: ChildProcess?
  /// How long a program may run, in seconds.
  var patience: Double
  /// Whether the last program that killed its child did so by hanging.
  private(set) var hasHung = false

  init(_ system: SystemUnderTest, patience: Double) throws {
    self.system = system
    self.patience = patience
    notes = try SharedNotes()
  }

  /// What a worker answers to one program.
  struct Answer: Codable {
    /// Nil where the rig cannot run on such a machine.
    var trace: Trace?
  }

  /// Runs a program on a backend; nil where the rig cannot run on such a machine.
  func trace(_ program: Program, on backend: Backend) throws -> Trace? {
    let child = try readyChild()
    let text = Array(program.text.utf8)
    child.send(Array("\(backend.id) \(text.count)\n".utf8) + text)
    switch child.line(within: Int32(patience * 1000)) {
    case .line(let line):
      guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line)) else {
        throw ToolFailure.ourFault("a worker answered what makes no sense")
      }
      return answer.trace
    case .nothingYet: return try death(child.wait(hung: patience), program, backend)
    case .closed: return try death(child.wait(), program, backend)
    }
  }

  /// How a program fails, for shrinker and prover; what our own fault kept from running counts as
  /// held.
  func attempt(_ program: Program, on backend: Backend) -> Attempt {
    (try? trace(program, on: backend))?.attempt ?? .impossible
  }

  /// A child that has said that it is ready, so that its start does not count as a hang.
  private func readyChild() throws -> ChildProcess {
    if let child { return child }
    let arguments = system.exhibit.map { ["--exhibit", $0.id] } ?? []
    let child = try ChildProcess(["work-evaluate"] + arguments, notes: notes)
    guard case .line = child.line(within: 30_000) else {
      throw ToolFailure.ourFault("a worker did not start")
    }
    self.child = child
    return child
  }

  /// The trace of a program that killed its child.
  private func death(
    _ ending: Ending, _ program: Program, _ backend: Backend
  ) throws -> Trace? {
    child = nil
    if case .hung = ending.way { hasHung = true } else { hasHung = false }
    var trace = Trace(backend: backend.id)
    trace.failingStep = Int(clamping: Int64(bitPattern: notes[.step])) - 1
    trace.failingCommand = program.commandName(ofStep: trace.failingStep).word
    trace.violations = [.callsReturn(ending.sentence(notes.phase))]
    return trace
  }

  /// The same trace with what the steps before the failing one answered.
  func completed(_ trace: Trace, of program: Program, on backend: Backend) throws -> Trace {
    guard trace.outcomes.isEmpty, trace.failingStep > 0 else { return trace }
    var result = trace
    var before = program
    before.steps.removeSubrange(min(trace.failingStep, program.steps.count)...)
    if let earlier = try self.trace(before, on: backend), earlier.holds {
      result.outcomes = Array(earlier.outcomes.prefix(before.steps.count))
      result.notChecked = earlier.notChecked
    }
    return result
  }
}

extension Program {
  /// What goes on at a step, which may be the init before the first or the drop behind the last.
  func commandName(ofStep step: Int) -> CommandName {
    switch step {
    case ..<0: .start
    case steps.count...: .end
    default: .command(steps[step].command.kind)
    }
  }
}

extension Ending {
  /// What happened, as the evidence of a violation.
  func sentence(_ phase: SharedNotes.Phase) -> String {
    var sentence: String
    switch way {
    case .hung(let seconds): sentence = "nothing returned within \(text(seconds)) s"
    case .exited where ranAway, .signalled where ranAway:
      sentence = "memory ran away: all of the \(ChildProcess.memoryLimit >> 20) MiB was taken"
    case .exited(let code): sentence = "the process exited with code \(code)"
    case .signalled(let signal): sentence = "the process died of \(Self.name(of: signal))"
    }
    switch phase {
    case .building: sentence += ", while the system was built"
    case .calling: sentence += ", during the call"
    case .observing: sentence += ", while the system was observed"
    case .none: sentence += ", outside of the calls"
    }
    if case .hung = way { return sentence }
    if !ranAway, let complaint { sentence += " (\(complaint))" }
    return sentence
  }

  private var ranAway: Bool { peak > ChildProcess.memoryLimit / 2 }

  private func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case SIGILL, SIGTRAP: "a trap"
    case SIGSEGV: "SIGSEGV"
    case SIGBUS: "SIGBUS"
    case SIGABRT: "SIGABRT"
    case SIGFPE: "SIGFPE"
    case SIGKILL: "SIGKILL"
    default: "signal \(signal)"
    }
  }
}
