import Exploration
import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Plays each case in a child process, and starts another one when it dies: what kills the child is
/// a violation of calls-return like any other.
final class RemoteStage: Stage {
  private let subject: Subject
  private let shared: SharedProgress
  private var child: ChildProcess?
  /// How much processor time a case may take, in seconds.
  private var patience: Double
  /// Whether cases get less time where the first one has hung.
  private let isImpatient: Bool
  private var isFirst = true
  private(set) var commands = 0
  var didTell: ((ExplorerProgress) -> Void)?

  init(_ subject: Subject, patience: Double, isImpatient: Bool = false) throws {
    self.subject = subject
    self.patience = patience
    self.isImpatient = isImpatient
    shared = try SharedProgress(subject.grammar)
  }

  func play(_ next: Case, keeping parts: Run.Parts) throws -> Run? {
    precondition(parts.isSubset(of: .outcomes), "another process keeps no state")
    return try ask(next, wantsAccount: false).verdict.map(Run.init)
  }

  func account(of next: Case) throws -> Account? {
    let answer = try ask(next, wantsAccount: true)
    guard let verdict = answer.verdict, answer.account == nil else { return answer.account }
    // The child died: a program of the steps before the failing one says what they answered.
    guard verdict.failingStep > 0 else { return Account() }
    var before = next
    before.program.steps.removeSubrange(
      min(verdict.failingStep, next.program.steps.count)...)
    let earlier = try ask(before, wantsAccount: true)
    guard earlier.verdict?.holds == true, var account = earlier.account else { return Account() }
    account.outcomes.removeSubrange(before.program.steps.count...)
    return account
  }

  func tell(_ progress: ExplorerProgress) { didTell?(progress) }
  func tell(_ finding: Finding) {}
  var coverage: Coverage? { nil }
  var grammar: Grammar { subject.grammar }

  private func ask(_ next: Case, wantsAccount: Bool) throws -> CaseAnswer {
    let child = try readyChild()
    try child.send(
      CaseMessage(
        program: next.program, backend: next.backend, disturbance: next.disturbance,
        wantsAccount: wantsAccount))
    switch try child.reply(patience: patience) {
    case .line(let line):
      switch try Supervisor.decode(CaseAnswer.self, line) {
      case .done(let answer):
        isFirst = false
        commands += answer.verdict?.commands(of: next.program) ?? 0
        return answer
      case .failed(let failure): throw failure
      case .ready, .found: throw ToolFailure.internalError("a worker answered out of turn")
      }
    case .hung(let hang): return try death(child.wait(hung: hang), next)
    case .closed: return try death(child.wait(), next)
    }
  }

  /// A child that has said that it is ready, so that its start does not count as a hang.
  private func readyChild() throws -> ChildProcess {
    if let child { return child }
    let child = try ChildProcess(sharing: shared)
    try child.send(Job(subject: subject, work: .cases))
    guard case .line(let line) = try child.reply(patience: 30) else {
      throw ToolFailure.internalError("a worker did not start")
    }
    switch try Supervisor.decode(CaseAnswer.self, line) {
    case .ready: break
    case .failed(let failure): throw failure
    case .done, .found: throw ToolFailure.internalError("a worker answered out of turn")
    }
    self.child = child
    return child
  }

  /// The verdict on a case that killed its child.
  private func death(_ ending: WorkerEnding, _ next: Case) throws -> CaseAnswer {
    child = nil
    if isImpatient, isFirst, case .hung = ending.way { patience = min(patience, 1) }
    isFirst = false
    return CaseAnswer(
      verdict: try Verdict(endedBy: ending, next.program, shared), account: nil)
  }
}

extension Verdict {
  /// How many commands of the program were run.
  fileprivate func commands(of program: Program) -> Int {
    holds ? program.steps.count : min(failingStep + 1, program.steps.count)
  }

  /// That of a program that killed its process; where somebody else did, or the checks themselves,
  /// it is a fault of ours.
  ///
  /// - Throws: `CaseTooSlow`, `ToolFailure`.
  init(endedBy ending: WorkerEnding, _ program: Program, _ shared: SharedProgress) throws {
    guard ending.isOfTheSystem(shared.phase) else {
      if case .hung = ending.way {
        throw CaseTooSlow("the checks took too long: \(ending.sentence(shared.phase))")
      }
      throw ToolFailure.internalError(
        ending.isFromOutside
          ? "a worker was ended from outside: \(ending.sentence())"
          : "a worker failed, and not the system: \(ending.sentence(shared.phase))")
    }
    let step = shared.lastStep
    self.init(
      violations: [.callsReturn(ending.sentence(shared.phase))], failingStep: step,
      failingCommand: CommandName(step: step, of: program))
  }
}
