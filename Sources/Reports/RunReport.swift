import Exploration
import ProgramText
import SharingHarness

/// The result of a campaign: the one object that `run --format json` prints.
package struct RunReport: Codable, Equatable, Sendable {
  /// The version of this object: 1 had `violations`, each with its fields in strings.
  package var format = 2
  /// The version of sharecheck and its commit.
  package var version: String
  /// "holds" or "violated".
  package var verdict: String
  /// What was checked: "core", or an exhibit's id.
  package var subject: String
  package var backends: [String]
  package var seed: UInt64
  package var programs: UInt64
  package var commands: Int
  package var seconds: Double
  package var commandsPerSecond: Int
  /// Commands that were skipped, since their slot never held what they need.
  package var skipped: Int
  /// Runs of programs whose machine the system turned down.
  package var turnedDown: Int
  /// What the system promises less than the specification, a sentence each.
  package var concessions: [String]
  /// One for each way to fail, in the order in which they were found.
  package var findings: [FindingReport]
  /// How many programs more failed in one of these ways.
  package var repeats: Int
  /// Nil where a process died before it could say.
  package var coverage: CoverageSummary?
  package var neverChecked: [String]

  package init(
    _ result: Campaign.Result, of subject: String, conceding concessions: [String],
    _ campaign: Campaign, version: String, findings: [FindingReport]
  ) {
    self.version = version
    self.subject = subject
    self.findings = findings
    backends = campaign.backends.map(\.id)
    seed = campaign.seed
    programs = result.programs
    commands = result.commands
    seconds = result.seconds
    commandsPerSecond = seconds > 0 ? Int(Double(commands) / seconds) : 0
    skipped = result.coverage?.skipped ?? 0
    turnedDown = result.turnedDown
    self.concessions = concessions
    repeats = result.repeats
    verdict = result.findings.isEmpty ? "holds" : "violated"
    coverage = result.coverage
    neverChecked = result.neverChecked
  }

  /// What was not checked, since the system does not promise it, or since it runs on no such
  /// machine.
  package var concessionLines: [String] {
    var lines = concessions.isEmpty ? [] : ["\(subject) promises less than the specification:"]
    lines += concessions.map { "  \($0)" }
    if let line = Self.line(of: subject, turningDown: turnedDown) { lines.append(line) }
    return lines
  }

  /// Says of how many runs a system turned down the machine; nil where of none.
  package static func line(of subject: String, turningDown runs: Int) -> String? {
    runs > 0 ? "\(subject) turned down the machines of \(counted(runs, "run"))" : nil
  }
}
