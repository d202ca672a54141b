/// Why a search says less than it seems to.
public enum Complaint: Hashable, Sendable {
  /// Most programs were discarded.
  case mostlyDiscarded(discards: Int, programs: Int)
  /// Most steps could not be done.
  case mostlyRefused(refusals: Int, steps: Int)
  /// A command could never be done.
  case neverRun(command: String, refusals: Int)
  /// Something that must be reached was not.
  case notReached(label: String)
  /// A case that had failed passed when it was run again: it depends on more than its choices.
  case unstable(program: Int)
}

extension Complaint: CustomStringConvertible {
  public var description: String {
    switch self {
    case .mostlyDiscarded(let discards, let programs):
      "\(discards) of \(programs) programs were discarded: generate what is wanted, filter less"
    case .mostlyRefused(let refusals, let steps):
      "\(refusals) times a step could not be done, \(steps) times one could:"
        + " loosen what they require"
    case .neverRun(let command, let refusals):
      "\(command) was never run, it was refused \(refusals) times"
    case .notReached(let label):
      "no program reached “\(label)”"
    case .unstable(let program):
      "program \(program) failed and then passed: it depends on more than its choices"
    }
  }
}
