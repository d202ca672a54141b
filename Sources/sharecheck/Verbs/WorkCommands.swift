import ArgumentParser
import BugMuseum
import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// The work of `run`, in a process of its own.
struct WorkCampaignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work-campaign", shouldDisplay: false)

  @Option var seed: UInt64
  @Option var first: UInt64
  @Option var programs: UInt64?
  @Option var seconds: Double?
  @Option var findings: Int
  @Option var known: [String] = []
  @Option var exhibit: String?
  @Option var backends: String
  @Flag(inversion: .prefixedNo) var feedback = true

  func run() throws {
    let notes = try Worker.begin()
    let campaign = Campaign(
      backends: backends.split(separator: ",").compactMap { Backend.named(String($0)) }, seed: seed,
      feedback: feedback)
    let lockstep = Probe.lockstep(exhibit.flatMap(Exhibit.named)?.rig ?? .core, notes)
    let clock = ContinuousClock()
    let start = clock.now
    var checked = lockstep.checked
    func noteChecked() {
      for (index, isChecked) in lockstep.checked.enumerated() where isChecked {
        checked[index] = true
      }
    }
    let result = campaign.run(
      with: lockstep, from: first, findings: findings,
      known: known.compactMap(Fingerprint.init(word:))
    ) { trial, backend in
      noteChecked()
      Self.note(trial, backend, in: notes)
    } didFind: { finding in
      // At once, since the next program may kill this process.
      try? Worker.send(CampaignMessage.found(CampaignResult.Found(finding)))
    } isDone: { program in
      Self.note(lockstep.coverage, in: notes)
      if let seconds { return start.duration(to: clock.now).seconds >= seconds }
      return program >= programs ?? 0
    }
    noteChecked()
    let neverChecked = zip(Invariant.all, checked)
      .filter { !$1 && $0.needs != .supervision }.map(\.0.id)
    let coverage = CoverageSummary(lockstep.coverage)
    try Worker.send(
      CampaignMessage.done(
        CampaignResult(
          repeats: result.repeats, programs: result.programs,
          seconds: start.duration(to: clock.now).seconds, coverage: coverage,
          commands: coverage.commands, discards: coverage.discards, neverChecked: neverChecked)))
  }

  private static func note(_ trial: Campaign.Trial, _ backend: Int, in notes: SharedNotes) {
    if backend == 0 { notes.testCase = trial.seed == nil ? trial.choices.recorded : nil }
    notes[.program] = trial.number
    notes[.backend] = UInt64(backend)
    notes[.failures] = UInt64(trial.failures.count)
    notes.beat()
  }

  private static func note(_ coverage: Coverage, in notes: SharedNotes) {
    notes[.commands] = UInt64(coverage.commands)
    notes[.distinctStates] = UInt64(coverage.distinctStates)
  }
}

extension CampaignResult.Found {
  init(_ finding: Campaign.Finding) {
    number = finding.number
    seed = finding.seed
    program = finding.program.text
    backend = finding.backend.id
    fingerprint = finding.fingerprint.word
    rank = finding.rank
  }
}

/// Runs the programs that come in, one after the other.
struct WorkEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work-evaluate", shouldDisplay: false)

  @Option var exhibit: String?

  func run() throws {
    let notes = try Worker.begin()
    let lockstep = Probe.lockstep(exhibit.flatMap(Exhibit.named)?.rig ?? .core, notes)
    try Worker.send("ready")
    while let header = readLine()?.split(separator: " "), header.count == 2,
      let backend = Backend.named(String(header[0])), let size = Int(header[1])
    {
      let program = try Worker.readProgram(size)
      notes.beat()
      try Worker.send(Evaluator.Answer(trace: lockstep.trace(program, on: backend)))
    }
  }
}

/// Tries all programs that are smaller than the one that comes in.
struct WorkProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "work-prove", shouldDisplay: false)

  @Option var exhibit: String?
  @Option var backend: String
  @Option var budget: Int

  func run() throws {
    let notes = try Worker.begin()
    let lockstep = Probe.lockstep(exhibit.flatMap(Exhibit.named)?.rig ?? .core, notes)
    guard let backend = Backend.named(backend), let size = readLine().flatMap({ Int($0) }) else {
      throw ToolFailure.ourFault("a worker was told nothing to prove")
    }
    let program = try Worker.readProgram(size)
    guard let fingerprint = lockstep.run(program, on: backend)?.fingerprint else {
      throw ToolFailure.ourFault("a worker was handed a program that holds")
    }
    let minimality = MinimalityProof(budget: budget)(program, keeping: fingerprint) {
      length, tried in
      notes[.length] = UInt64(length)
      notes[.tried] = UInt64(tried)
      notes.beat()
    } evaluate: {
      lockstep.run($0, on: backend)?.attempt ?? .impossible
    }
    try Worker.send(minimality)
  }
}

/// Sweeps all programs of some lengths, and random ones, on one backend.
struct WorkSweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "work-sweep", shouldDisplay: false)

  @Option var exhibit: String?
  @Option var backend: String
  @Option var length: Int
  @Option var random: Int
  @Option var seed: UInt64
  @Option var granule: UInt64
  @Option(parsing: .upToNextOption) var mode: [Disturbance.Mode]

  func run() throws {
    let notes = try Worker.begin()
    let lockstep = Probe.lockstep(exhibit.flatMap(Exhibit.named)?.rig ?? .core, notes)
    guard let backend = Backend.named(backend) else {
      throw ToolFailure.ourFault("a worker was told no backend to sweep")
    }
    var sweep = FaultSweep(with: lockstep, on: backend, modes: mode)
    let alphabet = Alphabet(sweeping: SweepPlan.machine(granule: granule))
    var finding: FaultSweep.Finding?
    for length in 0...length where finding == nil {
      notes[.length] = UInt64(length)
      finding = sweep.sweepAll(alphabet, length: length) { Self.note($0, $1, in: notes) }
    }
    for number in 0..<UInt64(random) where finding == nil {
      let program = Grammar().program(seed: seed &+ number)
      notes[.length] = UInt64(program.steps.count)
      finding = sweep.sweep(program) { Self.note(program, $0, in: notes) }.finding
    }
    try Worker.send(
      SweepResult(
        counts: sweep.counts,
        violation: finding.map { FailingProgram($0, with: lockstep) }))
  }

  private static func note(
    _ program: Program, _ disturbance: Disturbance?, in notes: SharedNotes
  ) {
    if let disturbance {
      notes[.mode] = disturbance.mode.number
      notes[.place] = UInt64(disturbance.place)
    } else {
      notes[.mode] = .max
      notes.testCase = Grammar().testCase(of: program)
      notes[.program] &+= 1
    }
    notes[.tried] &+= 1
    notes.beat()
  }
}

extension Disturbance.Mode {
  /// Its place among all modes.
  fileprivate var number: UInt64 { UInt64(Self.allCases.firstIndex(of: self) ?? 0) }
}

/// Walks every state of a small machine on one backend.
struct WorkExhaustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work-exhaust", shouldDisplay: false)

  @Option var exhibit: String?
  @Option var backend: String
  @OptionGroup var bounding: Bounding

  func run() throws {
    let notes = try Worker.begin()
    let lockstep = Probe.lockstep(exhibit.flatMap(Exhibit.named)?.rig ?? .core, notes)
    guard let backend = Backend.named(backend) else {
      throw ToolFailure.ourFault("a worker was told no backend to exhaust")
    }
    var exhaustion = Exhaustion(bounding.bounds, with: lockstep, on: backend)
    exhaustion.willPlay = { program in
      notes.testCase = Grammar().testCase(of: program)
      notes.beat()
    }
    let result = exhaustion.run(mostStates: bounding.states) { counts in
      notes[.distinctStates] = UInt64(counts.states)
      notes[.tried] = UInt64(counts.transitions)
      notes[.frontier] = UInt64(counts.frontier)
    }
    try Worker.send(
      ExhaustionResult(
        counts: result.counts, isComplete: result.isComplete,
        violation: result.finding.map { FailingProgram($0.program, on: backend, $0.verdict) }))
  }
}
