import BugMuseum
import Exploration
import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Has explorers work: in a child process that it watches, or in this one.
///
/// A child that traps, hangs or eats memory is a finding like any other, of the case that it
/// played.
struct Supervisor {
  let subject: Subject
  /// How much processor time one case may take before it counts as hung, in seconds.
  let patience: Double
  /// Whether explorers work in this process: nothing is caught then.
  var isInProcess = false

  /// Where single cases are played.
  func stage() throws -> any Stage {
    isInProcess
      ? LocalStage(try subject.rig()) : try RemoteStage(subject, patience: patience)
  }

  /// What became of an explorer.
  enum Outcome<Result> {
    case done(Result)
    /// The case that ended its process, what was found before, and how far it was.
    case ended(by: Finding, after: [Finding], at: ExplorerProgress)
  }

  /// Has an explorer work to its end, or to the end of its process.
  func run<Work: Workable>(_ explorer: Work) throws -> Work.Result {
    switch try outcome(of: explorer) {
    case .done(let result): return result
    case .ended(let finding, let earlier, let progress):
      return explorer.result(endedBy: finding, after: earlier, at: progress)
    }
  }

  func outcome<Work: Workable>(of explorer: Work) throws -> Outcome<Work.Result> {
    let line = ProgressLine()
    defer { line.clear() }
    if isInProcess {
      let clock = ContinuousClock()
      let start = clock.now
      let stage = LocalStage(try subject.rig())
      var last = start
      stage.didTell = { progress in
        let now = clock.now
        guard last.duration(to: now).seconds > 0.2 else { return }
        last = now
        line.show(explorer.line(progress, seconds: start.duration(to: now).seconds))
      }
      return .done(try explorer.explore(on: stage))
    }
    return try watch(explorer, line)
  }

  /// Runs one worker to its end; one whose heartbeat stalls is killed.
  private func watch<Work: Workable>(
    _ explorer: Work, _ line: ProgressLine
  ) throws -> Outcome<Work.Result> {
    let shared = try SharedProgress(subject.grammar)
    let child = try ChildProcess(sharing: shared)
    try child.send(Job(subject: subject, work: explorer.work))
    let clock = ContinuousClock()
    let start = clock.now
    var found: [Finding] = []
    var lastBeat = shared.heartbeat
    var watch = try HangWatch(child, patience: patience)
    while true {
      switch child.line() {
      case .line(let message):
        switch try Self.decode(Work.Result.self, message) {
        case .found(let finding): found.append(finding)
        case .done(let result): return .done(result)
        case .failed(let failure): throw failure
        case .ready: break
        }
        continue
      case .closed: return try ended(by: child.wait(), explorer, found, shared)
      case .nothingYet: break
      }
      let hang = try watch.hang {
        let beat = shared.heartbeat
        defer { lastBeat = beat }
        return beat != lastBeat
      }
      if let hang { return try ended(by: child.wait(hung: hang), explorer, found, shared) }
      line.show(
        explorer.line(shared.progress, seconds: start.duration(to: clock.now).seconds))
    }
  }

  private func ended<Work: Workable>(
    by ending: WorkerEnding, _ explorer: Work, _ found: [Finding], _ shared: SharedProgress
  ) throws -> Outcome<Work.Result> {
    guard let last = shared.lastCase else {
      throw ToolFailure.internalError(
        "a worker ended before its first program: \(ending.sentence())")
    }
    let finding = Finding(
      last.program, on: last.backend, try Verdict(endedBy: ending, last.program, shared),
      from: explorer.origin(of: last))
    return .ended(by: finding, after: found, at: shared.progress)
  }

  /// Reads a worker's message.
  static func decode<Result: Decodable>(
    _ type: Result.Type, _ line: [UInt8]
  ) throws -> WorkerMessage<Result> {
    do {
      return try JSONDecoder().decode(WorkerMessage<Result>.self, from: Data(line))
    } catch {
      throw ToolFailure.internalError("a worker's answer cannot be read: \(error)")
    }
  }
}

// MARK: - With more than one process

extension Supervisor {
  /// The most workers that may die in one campaign: each costs a process, or all the patience.
  static let mostDeaths = 20

  /// Has a campaign work; after a program that killed its process another one goes on if more
  /// findings are wanted.
  ///
  /// - Returns: the result, and how many processes died.
  func run(campaign: Campaign) throws -> (result: Campaign.Result, deaths: Int) {
    var rest = campaign
    var total: Campaign.Result?
    var deaths = 0
    while true {
      let clock = ContinuousClock()
      let start = clock.now
      var isDead = false
      var stage: Campaign.Result
      switch try outcome(of: rest) {
      case .done(let result): stage = result
      case .ended(let finding, let earlier, let progress):
        stage = rest.result(endedBy: finding, after: earlier, at: progress)
        stage.seconds = start.duration(to: clock.now).seconds
        isDead = true
        deaths += 1
      }
      let next = rest.resumed(after: stage)
      if total == nil { total = stage } else { total?.add(stage) }
      guard isDead, deaths < Self.mostDeaths, let next else {
        return (total ?? stage, deaths)
      }
      rest = next
    }
  }

  /// Has an exhibit measured: in one process, or, where it or a candidate ends its process, each
  /// case in one that it may end.
  func run(museum: Museum, isDeadly: Bool) throws -> [MuseumRow] {
    if !isDeadly {
      do { return try run(museum) } catch is CaseTooSlow {}
    }
    return try museum.explore(on: RemoteStage(subject, patience: patience, isImpatient: true))
  }

  /// Shrinks a finding: in one process, or, where a candidate may end it, each candidate in one
  /// that it may end. Nil where it does not fail once more.
  func shrink(_ shrinking: Shrinking) throws -> Finding? {
    if !shrinking.finding.isDeadly {
      do {
        if case .done(let finding) = try outcome(of: shrinking) { return finding }
      } catch is CaseTooSlow {}
    }
    var shrinking = shrinking
    shrinking.isCostly = true
    let line = ProgressLine()
    defer { line.clear() }
    let stage = try RemoteStage(subject, patience: patience, isImpatient: true)
    let clock = ContinuousClock()
    let start = clock.now
    stage.didTell = { [shrinking] in
      line.show(shrinking.line($0, seconds: start.duration(to: clock.now).seconds))
    }
    return try shrinking.explore(on: stage)
  }
}
