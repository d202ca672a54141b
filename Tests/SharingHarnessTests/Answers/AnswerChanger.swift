import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// The core, with one of its answers changed on the way to the judge.
final class AnswerChanger {
  /// What one call was answered, and what the judge knew then.
  struct Answer {
    /// The place among the calls of the program, 0 being the detection of the hypervisor.
    let place: Int
    let step: Int
    let call: GuestCall
    let outcome: Outcome
    let faults: [RequestFault]
    let firstFailure: HypercallEvent?
  }

  /// What passes between a test and the systems of its lockstep; of one thread.
  private final class Post: @unchecked Sendable {
    weak var lockstep: Lockstep?
    var answers: [Answer] = []
    /// The answer at this place becomes this one.
    var change: (place: Int, outcome: Outcome)?

    func pass(_ call: GuestCall, _ outcome: Outcome, at place: Int, on machine: Machine) -> Outcome
    {
      guard let lockstep else { return outcome }
      if machine === lockstep.machine {
        answers.append(
          Answer(
            place: place, step: lockstep.step, call: call, outcome: outcome,
            faults: lockstep.model.record.faults, firstFailure: lockstep.model.record.firstFailure))
      }
      // A twin's answer is changed alike: it is no judge of what is wrong in both.
      return change?.place == place ? change?.outcome ?? outcome : outcome
    }
  }

  private let post = Post()
  private let lockstep: Lockstep

  init() {
    lockstep = Lockstep(Self.rig(post))
    post.lockstep = lockstep
  }

  private static func rig(_ post: Post) -> Rig {
    Rig(id: "changed", shown: .everything) { machine in
      do {
        let core = try CoreSystem(machine)
        if case .failed(let error) = post.pass(.detect, .done, at: 0, on: machine) { throw error }
        var place = 0
        return Sabotage(core, machine) { call, system in
          place += 1
          return post.pass(call, system.honest(call), at: place, on: machine)
        }
      } catch let error as ShareError {
        let outcome = post.pass(.detect, .failed(error), at: 0, on: machine)
        if case .failed(let other) = outcome { throw other }
        return nil
      }
    }
  }

  /// All answers of the honest core; nil where a check says no.
  func answers(to program: Program, on backend: Backend) -> [Answer]? {
    post.answers = []
    post.change = nil
    guard lockstep.verdict(of: program, on: backend)?.holds == true else { return nil }
    return post.answers
  }

  /// Whoever says no at the very call whose answer becomes another one.
  func objections(
    to outcome: Outcome, insteadOf answer: Answer, in program: Program, on backend: Backend
  ) -> [String] {
    post.change = (answer.place, outcome)
    guard let verdict = lockstep.verdict(of: program, on: backend),
      verdict.failingStep == answer.step
    else { return [] }
    return verdict.violations.map(\.id)
  }
}
