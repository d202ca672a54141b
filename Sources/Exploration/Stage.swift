import SharingHarness
import SharingModel

/// Where an explorer's cases are played: in this process, or in children that a case may kill.
///
/// An error is a fault of ours: an explorer passes it on, and never takes it for a program that
/// holds. Only a shrinker passes over what was too slow.
package protocol Stage: AnyObject {
  /// Plays a case; nil where the system cannot be built on such a machine.
  func play(_ next: Case, keeping parts: Run.Parts) throws -> Run?
  /// The same once more, with all that a reader is shown.
  func account(of next: Case) throws -> Account?
  /// Receives how far the explorer is.
  func tell(_ progress: ExplorerProgress)
  /// Receives a finding at once, since the next case may end the process.
  func tell(_ finding: Finding)
  /// What all cases together have reached, where it is known.
  var coverage: Coverage? { get }
  /// How many commands were run.
  var commands: Int { get }
  /// The grammar of the programs that the system can run.
  var grammar: Grammar { get }
}

/// A case took more time outside of the system's calls than there was: what it shows is not known.
///
/// A shrinker passes over such a candidate, since there are others; to whoever else meets one it is
/// a fault of ours.
package struct CaseTooSlow: Error {
  package let line: String

  package init(_ line: String) { self.line = line }
}

/// An explorer of one machine was given a system that does not run on it.
package struct MachineTurnedDown: Error, CustomStringConvertible {
  package var description: String { "the system does not run on the machine" }
}

extension Stage {
  package func play(_ next: Case) throws -> Run? { try play(next, keeping: []) }
}

/// How far an explorer is; numbers that fit into memory that two processes share.
package struct ExplorerProgress: Equatable, Sendable {
  /// Programs begun, and commands run.
  package var programs: UInt64 = 0
  package var commands: UInt64 = 0
  /// Runs, transitions or candidates tried.
  package var tried: UInt64 = 0
  /// States seen, and those of them in which not all has been tried.
  package var states: UInt64 = 0
  package var frontier: UInt64 = 0
  /// The number of commands of the programs that are tried.
  package var length: UInt64 = 0

  package init() {}
}

/// Plays cases in this process.
package final class LocalStage: Stage {
  package let lockstep: Lockstep
  /// Hears of each case before it is played.
  package var willPlay: ((Case) -> Void)?
  /// Hears that it was.
  package var didPlay: (() -> Void)?
  package var didTell: ((ExplorerProgress) -> Void)?
  package var didFind: ((Finding) -> Void)?

  package init(_ rig: Rig) { lockstep = Lockstep(rig) }
  package init(_ lockstep: Lockstep) { self.lockstep = lockstep }

  package func play(_ next: Case, keeping parts: Run.Parts) -> Run? {
    willPlay?(next)
    defer { didPlay?() }
    return lockstep.run(
      next.program, on: next.backend, disturbed: next.disturbance, keeping: parts)
  }

  package func account(of next: Case) -> Account? {
    play(next, keeping: .outcomes).map { Account(of: $0, by: lockstep) }
  }

  package func tell(_ progress: ExplorerProgress) { didTell?(progress) }
  package func tell(_ finding: Finding) { didFind?(finding) }
  package var coverage: Coverage? { lockstep.coverage }
  package var commands: Int { lockstep.coverage.commands }
  package var grammar: Grammar { Grammar(limits: lockstep.rig.limits) }
}
