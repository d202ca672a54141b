import Foundation
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Runs a campaign in a child process and watches it; where the child dies, that is a finding, and
/// another one goes on behind the program that killed it if more findings are wanted.
struct CampaignSupervisor {
  /// The most workers that may die in one run: each costs a process, or all the patience.
  static let mostDeaths = 20

  let system: SystemUnderTest
  let plan: CampaignPlan

  func run() throws -> CampaignResult {
    var result = CampaignResult(programs: 0, seconds: 0, commands: 0, discards: 0)
    while true {
      let stage = try runStage(behind: result)
      if result.deaths == 0 { result = stage } else { result.add(stage) }
      guard stage.deaths > 0, result.deaths < Self.mostDeaths, !isDone(result) else {
        return result
      }
    }
  }

  private func isDone(_ result: CampaignResult) -> Bool {
    result.found.count >= plan.findings || result.programs >= plan.programs ?? .max
      || result.seconds >= plan.seconds ?? .infinity
  }

  /// Runs one worker to its end.
  private func runStage(behind earlier: CampaignResult) throws -> CampaignResult {
    let notes = try SharedNotes()
    let child = try ChildProcess(arguments(behind: earlier), notes: notes)
    let clock = ContinuousClock()
    let start = clock.now
    let progress = ProgressLine()
    defer { progress.clear() }
    var found: [CampaignResult.Found] = []
    var lastBeat = notes[.heartbeat]
    var lastChange = start
    while true {
      switch child.line(within: 200) {
      case .line(let line):
        switch try? JSONDecoder().decode(CampaignMessage.self, from: Data(line)) {
        case .found(let one): found.append(one)
        case .done(var result):
          result.found = found
          return result
        case nil: throw ToolFailure.ourFault("the worker answered what makes no sense")
        }
      case .closed:
        let seconds = start.duration(to: clock.now).seconds
        return try death(child.wait(), notes, seconds, found, behind: earlier)
      case .nothingYet:
        let now = clock.now
        let seconds = start.duration(to: now).seconds
        if notes[.heartbeat] != lastBeat {
          lastBeat = notes[.heartbeat]
          lastChange = now
        } else if lastChange.duration(to: now).seconds > plan.patience {
          let ending = child.wait(hung: plan.patience)
          return try death(ending, notes, seconds, found, behind: earlier)
        }
        progress.show(line(notes, seconds, behind: earlier))
      }
    }
  }

  private func arguments(behind earlier: CampaignResult) -> [String] {
    var arguments = ["work-campaign", "--seed", "\(plan.seed)", "--first", "\(earlier.programs)"]
    arguments += ["--findings", "\(plan.findings - earlier.found.count)"]
    for found in earlier.found { arguments += ["--known", found.fingerprint] }
    if !plan.hasFeedback { arguments.append("--no-feedback") }
    if let programs = plan.programs { arguments += ["--programs", "\(programs)"] }
    if let seconds = plan.seconds {
      arguments += ["--seconds", "\(max(seconds - earlier.seconds, 0))"]
    }
    if let exhibit = system.exhibit { arguments += ["--exhibit", exhibit.id] }
    return arguments + ["--backends", system.backends.map(\.id).joined(separator: ",")]
  }

  /// What a dead worker leaves behind: its findings, and the program that it ran.
  private func death(
    _ ending: Ending, _ notes: SharedNotes, _ seconds: Double, _ found: [CampaignResult.Found],
    behind earlier: CampaignResult
  ) throws -> CampaignResult {
    let backend = Int(clamping: notes[.backend])
    guard notes[.heartbeat] > 0, system.backends.indices.contains(backend) else {
      throw ToolFailure.ourFault(
        "the worker ended before its first program: \(ending.sentence(.none))")
    }
    let number = notes[.program]
    let built = notes.testCase
    let program = Grammar().program(of: built, orSeed: plan.seed &+ number)
    let step = Int(clamping: Int64(bitPattern: notes[.step])) - 1
    let fingerprint = Fingerprint(
      invariant: "calls-return", command: program.commandName(ofStep: step))
    var result = CampaignResult(
      found: found, programs: number + 1, seconds: seconds,
      commands: Int(clamping: notes[.commands]), discards: 0, deaths: 1)
    if (earlier.found + found).contains(where: { $0.fingerprint == fingerprint.word }) {
      result.repeats += 1
    } else {
      result.found.append(
        CampaignResult.Found(
          number: number, seed: built == nil ? plan.seed &+ number : nil, program: program.text,
          backend: system.backends[backend].id, fingerprint: fingerprint.word,
          rank: Int(clamping: notes[.failures]) + 1))
    }
    return result
  }

  private func line(
    _ notes: SharedNotes, _ seconds: Double, behind earlier: CampaignResult
  ) -> String {
    let programs = notes[.program]
    let rate = seconds > 0 ? Int(Double(notes[.commands]) / seconds) : 0
    let spent = earlier.seconds + seconds
    var left = ""
    if let total = plan.seconds {
      left = ", \(Int(max(total - spent, 0))) s left"
    } else if let total = plan.programs, programs > 0 {
      let rest = spent / Double(programs) * Double(total - min(programs, total))
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
