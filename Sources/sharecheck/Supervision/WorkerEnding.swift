import Foundation

/// How a worker ended.
struct WorkerEnding {
  enum Way: Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// The supervisor ended it, since it did not go on.
    case hung(Hang)
  }

  var way: Way
  /// The most memory that it had, in bytes.
  var peak: Int
  /// What the runtime said last.
  var complaint: String?

  /// Whether somebody else ended it: no system under test sends such signals to itself, nor does
  /// the kernel for what one does, unless the machine has no memory left.
  var isFromOutside: Bool {
    guard case .signalled(let signal) = way else { return false }
    return ![SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGSYS].contains(signal)
  }

  /// Whether it may be the system's doing: nothing is where it is not asked for anything, but that
  /// it may have taken all memory before.
  func isOfTheSystem(_ phase: SharedProgress.Phase) -> Bool {
    !isFromOutside && (phase != .none || ranAway)
  }
}

extension WorkerEnding {
  /// What happened, as the evidence of a violation.
  func sentence(_ phase: SharedProgress.Phase? = nil) -> String {
    var sentence: String
    switch way {
    case .hung(.used(let seconds)):
      sentence = "the process used \(text(seconds)) s of processor time and did not return"
    case .hung(.waited(let seconds, let used)):
      sentence = "the process did not return in \(text(seconds)) s"
      sentence += ", using \(tenths(used)) s of processor time"
    case .exited where ranAway, .signalled where ranAway:
      sentence = "memory ran away: all of the \(ChildProcess.memoryLimit >> 20) MiB was taken"
    case .exited(let code): sentence = "the process exited with code \(code)"
    case .signalled(let signal): sentence = "the process died of \(Self.name(of: signal))"
    }
    switch phase {
    case .building: sentence += ", while the system was built"
    case .calling: sentence += ", during the call"
    case .observing: sentence += ", while the system was observed"
    case .ending: sentence += ", while the system was let go of"
    case SharedProgress.Phase.none?: sentence += ", outside of the calls"
    case nil: break
    }
    if case .hung = way { return sentence }
    if !ranAway, let complaint { sentence += " (\(complaint))" }
    return sentence
  }

  private var ranAway: Bool { peak > ChildProcess.memoryLimit / 2 }

  private func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }

  private func tenths(_ seconds: Double) -> String { String(format: "%.1f", seconds) }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case SIGILL, SIGTRAP: "a trap"
    case SIGSEGV: "SIGSEGV"
    case SIGBUS: "SIGBUS"
    case SIGABRT: "SIGABRT"
    case SIGFPE: "SIGFPE"
    case SIGSYS: "SIGSYS"
    case SIGKILL: "SIGKILL"
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case SIGHUP: "SIGHUP"
    default: "signal \(signal)"
    }
  }
}
