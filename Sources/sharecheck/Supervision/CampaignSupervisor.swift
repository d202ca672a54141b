import Foundation
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// How much a campaign is to do.
struct CampaignPlan {
  var seed: UInt64
  var hasFeedback: Bool
  var programs: UInt64?
  var seconds: Double?
  /// How long nothing may happen, in seconds.
  var patience: Double
}

/// What came of a campaign.
struct CampaignResult: Codable {
  /// A program that does not hold, as text, and where.
  struct Found: Codable {
    var number: UInt64
    /// The seed that makes the program by itself; nil where it was built upon others.
    var seed: UInt64?
    var program: String
    var backend: String
  }

  /// Nil if all programs held.
  var found: Found?
  var programs: UInt64
  var seconds: Double
  /// Nil where the worker died before it could say.
  var coverage: CoverageSummary?
  var commands: Int
  var discards: Int
  /// The invariants that no program could check, though a worker can check them.
  var neverChecked: [String] = []
}

/// Runs a campaign in a child process and watches it.
struct CampaignSupervisor {
  let system: SystemUnderTest
  let plan: CampaignPlan

  func run() throws -> CampaignResult {
    let notes = try SharedNotes()
    let child = try ChildProcess(arguments, notes: notes)
    let clock = ContinuousClock()
    let start = clock.now
    let progress = ProgressLine()
    defer { progress.clear() }
    var lastBeat = notes[.heartbeat]
    var lastChange = start
    while true {
      switch child.line(within: 200) {
      case .line(let line):
        guard let result = try? JSONDecoder().decode(CampaignResult.self, from: Data(line)) else {
          throw ToolFailure.ourFault("the worker answered what makes no sense")
        }
        return result
      case .closed:
        return try death(child.wait(), notes, start.duration(to: clock.now).seconds)
      case .nothingYet:
        let now = clock.now
        if notes[.heartbeat] != lastBeat {
          lastBeat = notes[.heartbeat]
          lastChange = now
        } else if lastChange.duration(to: now).seconds > plan.patience {
          return try death(
            child.wait(hung: plan.patience), notes, start.duration(to: clock.now).seconds)
        }
        progress.show(line(notes, start.duration(to: now).seconds))
      }
    }
  }

  private var arguments: [String] {
    var arguments = ["work-campaign", "--seed", "\(plan.seed)"]
    if !plan.hasFeedback { arguments.append("--no-feedback") }
    if let programs = plan.programs { arguments += ["--programs", "\(programs)"] }
    if let seconds = plan.seconds { arguments += ["--seconds", "\(seconds)"] }
    if let exhibit = system.exhibit { arguments += ["--exhibit", exhibit.id] }
    return arguments + ["--backends", system.backends.map(\.id).joined(separator: ",")]
  }

  /// The finding that a dead worker leaves behind: the program that it ran.
  private func death(
    _ ending: Ending, _ notes: SharedNotes, _ seconds: Double
  ) throws -> CampaignResult {
    let backend = Int(clamping: notes[.backend])
    guard notes[.heartbeat] > 0, system.backends.indices.contains(backend) else {
      throw ToolFailure.ourFault(
        "the worker ended before its first program: \(ending.sentence(.none))")
    }
    let number = notes[.program]
    let built = notes.testCase
    let found = CampaignResult.Found(
      number: number, seed: built == nil ? plan.seed &+ number : nil,
      program: Grammar().program(of: built, orSeed: plan.seed &+ number).text,
      backend: system.backends[backend].id)
    return CampaignResult(
      found: found, programs: number + 1, seconds: seconds, coverage: nil,
      commands: Int(clamping: notes[.commands]), discards: 0)
  }

  private func line(_ notes: SharedNotes, _ seconds: Double) -> String {
    let programs = notes[.program]
    let rate = seconds > 0 ? Int(Double(notes[.commands]) / seconds) : 0
    var left = ""
    if let total = plan.seconds {
      left = ", \(Int(max(total - seconds, 0))) s left"
    } else if let total = plan.programs, programs > 0 {
      let rest = seconds / Double(programs) * Double(total - min(programs, total))
      left = rest < 1e9 ? ", \(Int(rest)) s left" : ""
    }
    return "\(programs) programs, \(rate) commands/s, \(notes[.distinctStates]) states\(left)"
  }
}

extension Grammar {
  /// The program of a case, or, where there is none, that of a seed.
  fileprivate func program(of testCase: TestCase?, orSeed seed: UInt64) -> Program {
    guard let testCase else { return program(seed: seed) }
    var choices = Choices(replaying: testCase)
    return program(from: &choices)
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
