import MemorySharing
import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// Plays programs against a system and the model, step by step, and stops at the first violation.
///
/// One lockstep is used again and again: machine, model and judge are reset, not rebuilt.
public final class Lockstep {
  public let rig: Rig
  public private(set) var coverage = Coverage()
  /// What the last run answered at each step, if it was asked to keep that.
  public private(set) var outcomes: [Outcome] = []
  /// What the last run reached, for a search that builds upon it.
  public private(set) var notes = Notes()

  public let model: Model
  /// Hears of the model after every command.
  public var didStep: ((Model) -> Void)?
  private let judge: Judge
  /// The machine of the system under test.
  public let machine = Machine()
  private var system: (any SharingSystem)?
  /// The same machine with another host, for programs in which the host writes.
  private let otherMachine = Machine()
  private var otherSystem: (any SharingSystem)?
  private var hash = TraceHash()
  /// The first idle step of this run.
  private var idle: Idle?
  /// The commands that came to something, which are the ids of what they write: an idle step must
  /// not change what those behind it do.
  private var writer: UInt32 = 0
  /// What goes wrong in this run besides what its program says.
  private var disturbance: Disturbance?
  /// Where the last run could have been disturbed, if it was asked to note that.
  public private(set) var occasions: Occasions?
  /// A bit for each of the first 64 steps of the last run that came to nothing.
  public private(set) var idleSteps: UInt64 = 0
  /// The step that runs, as in `Verdict`.
  private var step = -1

  public init(_ rig: Rig = .core) {
    self.rig = rig
    model = Model(memory: machine.memory)
    judge = Judge(model)
    machine.events.observer = { [unowned(unsafe) self] event in
      if case .hypercall(let call) = event {
        hash.add(call)
        occasions?.note(call, in: step, isReached: !model.reach.isEmpty)
      }
      judge.observe(event)
    }
  }

  /// Which invariants the last run checked, by their place in `Invariant.all`.
  public var checked: [Bool] { judge.checked }

  /// Runs a program on a backend.
  ///
  /// - Parameters:
  ///   - disturbance: what goes wrong besides what the program says.
  ///   - keepingOutcomes: whether `outcomes` is wanted.
  ///   - notingOccasions: whether `occasions` is wanted.
  /// - Returns: nil where the rig cannot run on such a machine.
  public func run(
    _ program: Program, on backend: Backend, disturbed disturbance: Disturbance? = nil,
    keepingOutcomes: Bool = false, notingOccasions: Bool = false
  ) -> Verdict? {
    self.disturbance = disturbance
    let hostWrites =
      disturbance?.hostWrites == true || program.steps.contains { $0.command == .scribble }
    occasions = nil
    guard start(program.configuration, backend, withTwin: hostWrites) else { return nil }
    defer { finish() }
    occasions = notingOccasions ? Occasions() : nil
    outcomes.removeAll(keepingCapacity: true)
    notes = Notes()
    EdgeCounters.clear()

    if program.configuration.startsInitialised {
      let range = program.configuration.staticRange
      let call = GuestCall.initialise(
        .standard, staticRange: StaticRange(start: range.start.rawValue, size: range.size))
      play(nil, .call(call))
      if judge.hasFailed { return verdict(-1, .start) }
    }
    for index in program.steps.indices {
      letHostAct(inGap: index + 1)
      if judge.hasFailed { return verdict(index, .command(.scribble)) }
      self.step = index
      let step = program.steps[index]
      let isConcerned = play(step, model.resolve(step))
      if !isConcerned { idleSteps |= 1 << UInt64(index) }
      if idle == nil { idle = isConcerned ? sparedFault(of: step, index) : .step(index) }
      if keepingOutcomes { outcomes.append(model.outcome) }
      let state = model.abstractState
      coverage.count(step, model, in: state)
      notes.visit(state)
      didStep?(model)
      if judge.hasFailed { return verdict(index, .command(step.command.kind)) }
    }
    letHostAct(inGap: program.steps.count + 1)
    if judge.hasFailed { return verdict(program.steps.count, .command(.scribble)) }
    step = program.steps.count
    play(nil, .call(.drop))
    return verdict(program.steps.count, .end)
  }

  private func start(
    _ configuration: Configuration, _ backend: Backend, withTwin: Bool
  ) -> Bool {
    hash = TraceHash()
    idle = nil
    writer = 0
    step = -1
    idleSteps = 0
    machine.reset(configuration, backend)
    var shown = rig.shown
    if withTwin { shown.insert(.twin) }
    model.reset(configuration, on: backend, shown: shown)
    judge.reset(scope: model.backing, shown: shown)
    guard let system = rig.make(machine) else { return false }
    self.system = system
    system.observe(into: &model.observation)
    if withTwin {
      otherMachine.reset(configuration, backend)
      otherSystem = rig.make(otherMachine)
    }
    if let disturbance {
      machine.disturb(disturbance, host: 0)
      if withTwin { otherMachine.disturb(disturbance, host: Self.otherHost) }
    }
    return true
  }

  /// Ends the systems, quietly if the run was cut short.
  private func finish() {
    coverage.count(model, machine, hash)
    EdgeCounters.forEachTaken { notes.visit($0) }
    let observer = machine.events.observer
    machine.events.observer = nil
    system = nil
    otherSystem = nil
    machine.events.observer = observer
  }

  private func verdict(_ step: Int, _ command: CommandName) -> Verdict {
    Verdict(
      violations: judge.violations.sorted { $0.invariant < $1.invariant }, failingStep: step,
      failingCommand: command, hash: hash.value, idle: idle)
  }

  /// Plays one step: begin, act, adopt, judge.
  ///
  /// - Returns: whether it came to something.
  @discardableResult
  private func play(_ step: Step?, _ action: Action) -> Bool {
    let isConcerned = isConcerned(by: action)
    if isConcerned { writer += 1 }
    machine.beginCommand(step?.fault)
    model.begin(step, action)
    prepareDriver(action, on: machine)
    let allocations = machine.heapAllocations
    let outcome = act(action, on: machine, system, host: 0)
    if machine.heapHasRefused { model.noteHeapRefusal() }
    occasions?.noteHeapAllocations(machine.heapAllocations - allocations, in: self.step)
    var other: Outcome?
    if let otherSystem {
      otherMachine.beginCommand(step?.fault)
      prepareDriver(action, on: otherMachine)
      other = act(action, on: otherMachine, otherSystem, host: Self.otherHost)
    }
    model.end(outcome, other: other)
    if case .call = action { system?.observe(into: &model.observation) }
    hash.add(outcome)
    judge.commandEnded()
    return isConcerned
  }

  /// What tells the writes of the twin's host from those of the machine's.
  private static var otherHost: UInt32 { 0x4000_0000 }

  /// The driver writes what it wants to send into its buffer.
  private func prepareDriver(_ action: Action, on machine: Machine) {
    guard case .call(.share(let buffer, let direction)) = action, direction != .deviceToDriver,
      buffer.size > 0, buffer.size < 1 << 36
    else { return }
    let start = machine.memory.physicalAddress(of: buffer.address)
    machine.memory.fill(
      AddressRange(uncheckedStart: start.rawValue, size: buffer.size),
      .payload(writer))
  }

  private func act(
    _ action: Action, on machine: Machine, _ system: (any SharingSystem)?, host: UInt32
  ) -> Outcome {
    switch action {
    case .call(let call): return system?.perform(call) ?? .skipped
    case .guestWrites(let range, let isPrivate):
      machine.memory.fill(range, isPrivate ? .secret : .payload(writer))
    case .hostScribbles: machine.adversary.scribble(writer | host)
    case .hostPins(let address): machine.monitor.pin(address)
    case .hostUnpinsAll: machine.monitor.unpinAll()
    case .standingFault(let mode): machine.monitor.standingFault = mode
    case .nothing: return .skipped
    }
    return .done
  }

  /// Plays the part of a host that a disturbance sets between two commands.
  private func letHostAct(inGap gap: Int) {
    occasions?.gaps.append(!model.reach.isEmpty)
    guard let disturbance else { return }
    switch disturbance.mode {
    case .hostWrites where disturbance.strikes(gap: gap): play(nil, .hostScribbles)
    case .hostPins where disturbance.strikes(gap: gap):
      for machine in [machine, otherMachine] { machine.monitor.pinAll() }
    case .hostPins where disturbance.strikes(gap: gap - 1):
      for machine in [machine, otherMachine] { machine.monitor.unpinAll() }
    default: break
    }
  }

  // MARK: What came to nothing

  /// Whether an action comes to something, on this machine or on that with the other host.
  private func isConcerned(by action: Action) -> Bool {
    machine.isConcerned(by: action) || otherSystem != nil && otherMachine.isConcerned(by: action)
  }

  /// The fault of the step that has just run, if it struck on neither machine.
  private func sparedFault(of step: Step, _ index: Int) -> Idle? {
    guard let fault = step.fault, machine.hasSpared(fault),
      otherSystem == nil || otherMachine.hasSpared(fault)
    else { return nil }
    return .fault(index)
  }
}
