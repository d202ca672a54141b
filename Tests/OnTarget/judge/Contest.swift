import Exploration
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// The core on the target against the core in this process, on the same programs.
final class Contest {
  /// How a program does not hold, or does not do the same; what differs is no invariant.
  struct Mismatch: CandidateVerdict {
    let fingerprint: Fingerprint?
    let failingStep: Int
    let evidence: String
    var noOp: NoOp? { nil }
  }

  let granule: UInt64
  /// Whether the hypervisor is a real one, which cannot be made to fail.
  let isReal: Bool
  private let target: Target
  private let real: Lockstep
  private let simulated = Lockstep(.core)
  private(set) var programs: UInt64 = 0
  private(set) var commands = 0

  init(_ connection: Connection, granule: UInt64, isReal: Bool, isHostile: Bool) {
    self.granule = granule
    self.isReal = isReal
    var target: Target?
    real = Lockstep(Target.rig { target })
    self.target = Target(connection, with: real, isReal: isReal, isHostile: isHostile)
    target = self.target
  }

  /// Whether the target can still be asked.
  var isLost: Bool { target.difference?.kind == .lost }

  /// The program as the target can play it; nil where it cannot.
  func machine(for program: Program) -> Program? {
    program.onTarget(granule: granule, withFaults: !isReal)
  }

  /// Plays a program on both; nil where it holds, and does the same.
  func play(_ program: Program, on backend: Backend) -> Mismatch? {
    programs += 1
    commands += program.steps.count
    var differingStep: Int?
    var step = 0
    real.didStep = { [target] _ in
      if target.difference != nil, differingStep == nil { differingStep = step }
      step += 1
    }
    let run = real.run(program, on: backend, keeping: .outcomes)
    if let difference = target.difference {
      return mismatch(
        difference.kind.rawValue, program, differingStep ?? step, difference.evidence)
    }
    let other = simulated.run(program, on: backend, keeping: .outcomes)
    guard let run, let other else {
      guard (run == nil) != (other == nil) else { return nil }
      return mismatch(Difference.Kind.outcome.rawValue, program, -1, "only one of the two starts")
    }
    let verdict = run.verdict
    if let violation = verdict.violations.first {
      return mismatch(violation.id, program, verdict.failingStep, "\(violation.evidence)")
    }
    for (step, pair) in zip(run.outcomes, other.outcomes).enumerated() where pair.0 != pair.1 {
      return mismatch(
        Difference.Kind.outcome.rawValue, program, step,
        "the target answers \(pair.0), the simulator \(pair.1)")
    }
    guard verdict.hash == other.verdict.hash else {
      return mismatch(
        Difference.Kind.outcome.rawValue, program, program.steps.count, "traces differ")
    }
    return comparedMemory(of: program).map {
      mismatch(Difference.Kind.memory.rawValue, program, program.steps.count, $0)
    }
  }

  /// Where memory differs at the end, by what either core has told of what it does to it.
  private func comparedMemory(of program: Program) -> String? {
    for range in [program.configuration.arena, program.configuration.staticRange] {
      var runs: [(AddressRange, ByteOrigin)] = []
      simulated.machine.memory.forEachRun(in: range) { runs.append(($0, $1)) }
      var number = 0
      var difference: String?
      real.machine.memory.forEachRun(in: range) { run, origin in
        if difference == nil, runs[number] != (run, origin) {
          let (other, its) = runs[number]
          difference = "\(run) is \(origin), in the simulator \(other) is \(its)"
        }
        number += 1
      }
      if let difference { return difference }
    }
    return nil
  }

  private func mismatch(
    _ id: String, _ program: Program, _ step: Int, _ evidence: String
  ) -> Mismatch {
    let command: CommandName =
      program.steps.indices.contains(step) ? .command(program.steps[step].command.kind) : .end
    let fingerprint = Fingerprint(invariant: id, command: command)
    return Mismatch(fingerprint: fingerprint, failingStep: step, evidence: evidence)
  }

  /// The smallest program that does not do the same in the same way.
  func shrink(_ program: Program, on backend: Backend, _ mismatch: Mismatch) -> Program {
    guard !isLost, let fingerprint = mismatch.fingerprint else { return program }
    var minimiser = Minimiser()
    minimiser.budget = 4_000
    minimiser.restarts = 0
    minimiser.replacements = 0
    let result = minimiser.minimise(program, keeping: fingerprint) {
      candidate -> Mismatch? in
      guard !self.isLost, let candidate = self.machine(for: candidate) else { return nil }
      return self.play(candidate, on: backend)
    }
    return result.flatMap { machine(for: $0.program) } ?? program
  }

  /// Makes random calls without a core, on a fresh machine, and says where the hypervisors differ.
  func callBare(_ calls: Int, seed: UInt64, on backend: Backend) -> String? {
    var configuration = Configuration()
    configuration.granule = granule
    configuration.arenaSize = granule * 16
    guard let machine = configuration.onTarget(granule: granule) else { return nil }
    target.begin(machine, on: backend)
    var source = BareCalls(on: machine, seed: seed)
    for number in 1...calls {
      let act = source.next()
      guard !isReal || act.isOfTheGuest else { continue }
      switch act {
      // There a real guest has memory of which the machine knows nothing.
      case .call(let registers, _)
      where isReal && real.machine.monitor.neverAnswers(registers)
        && Target.memory.contains(registers.x1):
        continue
      case .call(let registers, let fault):
        target.call(registers, fault: isReal ? nil : fault)
      case .pin(let address): real.machine.monitor.pin(address)
      case .unpinAll: real.machine.monitor.unpinAll()
      case .standingFault(let mode): real.machine.monitor.standingFault = mode
      }
      if let difference = target.difference { return "call \(number): \(difference.evidence)" }
    }
    return nil
  }

  var summary: String {
    """
    \(programs) programs, \(commands) commands, \(target.calls) calls, \(target.hypercalls) \
    hypercalls\(isReal ? " (\(target.unanswered) without an answer)" : ""), \
    \(target.bytesCompared >> 20) MiB compared
    """
  }
}
