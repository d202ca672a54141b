import BugMuseum
import Exploration
import ForeignSubjects
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// All that a worker needs to know: what is checked, and what to do with it.
struct Job: Codable {
  var subject: Subject
  var work: Work

  /// What is to be done; a new explorer is one case here.
  enum Work: Codable {
    case campaign(Campaign)
    case sweep(FaultSweep)
    case exhaustion(Exhaustion)
    case shrinking(Shrinking)
    case museum(Museum)
    /// Loads a library and says what it says of itself.
    case introduction(path: String)
    /// Plays the cases that come in, one a line.
    case cases
  }
}

/// An explorer that a job can be made of.
protocol Workable: Explorer {
  var work: Job.Work { get }
}

extension Campaign: Workable { var work: Job.Work { .campaign(self) } }
extension FaultSweep: Workable { var work: Job.Work { .sweep(self) } }
extension Exhaustion: Workable { var work: Job.Work { .exhaustion(self) } }
extension Shrinking: Workable { var work: Job.Work { .shrinking(self) } }
extension Museum: Workable { var work: Job.Work { .museum(self) } }

/// A message of a worker, one a line.
enum WorkerMessage<Result: Codable>: Codable {
  /// It can begin.
  case ready
  /// At once, since the next case may kill it.
  case found(Finding)
  case done(Result)
  /// It cannot go on.
  case failed(ToolFailure)
}

/// What a library says of itself, or why it is no subject.
struct Introduction: Codable {
  var description: SubjectDescription?
  var failure: String?
}

/// A case, as a worker receives it.
struct CaseMessage: Codable {
  var program: Program
  var backend: Backend
  var disturbance: Disturbance?
  /// Whether the answer is an account and not only a verdict.
  var wantsAccount: Bool
}

/// What a worker answers to a case.
struct CaseAnswer: Codable {
  /// Nil where the system cannot be built on such a machine.
  var verdict: Verdict?
  var account: Account?
}
