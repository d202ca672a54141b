import MemorySharing
import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// Plays programs against a system and the model, step by step, until a step violates something.
///
/// One lockstep is used again and again: machine, model and judge are reset, not rebuilt.
public final class Lockstep {
  public let rig: Rig
  /// What all runs together have reached.
  public private(set) var coverage: Coverage

  public let model: Model
  /// Called with the model after every command.
  public var didStep: ((Model) -> Void)?
  private let judge: InvariantChecker
  private let reach: Reach
  /// The machine of the system under test.
  public let machine = Machine()
  private var system: (any SharingSystem)?
  /// The same machine with another host, for programs in which the host writes.
  private let otherMachine = Machine()
  private var otherSystem: (any SharingSystem)?
  private var hash = RunHash()
  /// What is kept of this run.
  private var run = Run(Verdict())
  /// Counts the commands other than no-ops, and tags what they write: a no-op must not change what
  /// those after it do.
  private var writer: UInt32 = 0
  /// The port events of this run.
  private var eventCount = 0
  /// What goes wrong in this run besides what its program says.
  private var disturbance: Disturbance?
  /// The step that runs, as in `Verdict`.
  public private(set) var step = -1

  /// - Parameter labels: what the coverage counts.
  public init(_ rig: Rig = .core, labels: [Label] = Label.all) {
    self.rig = rig
    coverage = Coverage(labels: labels)
    model = Model(memory: machine.memory)
    judge = InvariantChecker(model)
    reach = Reach(labels, model, machine)
    // No event comes after this is gone, and none has a reference counted.
    let unretained = Unmanaged.passUnretained(self)
    machine.events.observer = { event in unretained._withUnsafeGuaranteedRef { $0.observe(event) } }
  }

  /// Takes in what happened at a port.
  private func observe(_ event: PortEvent) {
    hash.add(event)
    eventCount &+= 1
    switch event {
    case .hypercall(let call):
      run.injectionPoints?.note(call, in: step, isReached: !model.reach.isEmpty)
      if let fault = call.fault { reach.note(fault, of: call.function) }
    case .heapAllocated, .heapRefused: run.injectionPoints?.heapAllocations.append(step)
    default: break
    }
    judge.observe(event)
  }

  /// The verdict of a program on a backend; nil where the rig cannot run on such a machine.
  public func verdict(
    of program: Program, on backend: Backend, disturbed disturbance: Disturbance? = nil
  ) -> Verdict? {
    run(program, on: backend, disturbed: disturbance)?.verdict
  }

  /// Runs a program on a backend.
  ///
  /// - Parameters:
  ///   - disturbance: what goes wrong besides what the program says.
  ///   - parts: what is kept besides the verdict.
  /// - Returns: nil where the rig cannot run on such a machine.
  public func run(
    _ program: Program, on backend: Backend, disturbed disturbance: Disturbance? = nil,
    keeping parts: Run.Parts = []
  ) -> Run? {
    self.disturbance = disturbance
    let hostWrites =
      disturbance?.hostWrites == true || program.steps.contains(where: \.hostWrites)
    run = Run(Verdict())
    guard start(program.configuration, backend, withTwin: hostWrites) else { return nil }
    reach.begin(length: program.steps.count)
    if parts.contains(.injectionPoints) { run.injectionPoints = InjectionPoints() }
    let (failingStep, command) = play(program, keeping: parts)
    run.verdict.violations = judge.violations.sorted { $0.invariant < $1.invariant }
    run.verdict.failingStep = failingStep
    run.verdict.failingCommand = command
    run.verdict.hash = hash.value
    run.checked = judge.checked
    if parts.contains(.outcomes), failingStep >= program.steps.count {
      run.outcomes.append(model.outcome)
    }
    finish()
    return run
  }

  /// After this number of hypercalls a program that nobody looks at more closely goes on to its
  /// drop: a few that share large regions again and again would take the time of all others.
  public static var mostHypercalls: Int { 1 << 16 }

  /// Plays a program up to the first step that violates something.
  ///
  /// - Returns: the step at which it ended, and what was going on then.
  private func play(_ program: Program, keeping parts: Run.Parts) -> (Int, CommandName) {
    if judge.hasFailed { return (-1, .start) }
    // A hypervisor that nobody knows: there is nothing to play on.
    if model.outcome.isError || model.outcome.isHalt { return (program.steps.count, .end) }
    if program.configuration.startsInitialised {
      let range = program.configuration.staticRange
      let call = GuestCall.initialise(
        .standard, staticRange: StaticRange(start: range.start.rawValue, size: range.size))
      play(nil, .call(call))
      if judge.hasFailed { return (-1, .start) }
      if model.outcome.isHalt { return (program.steps.count, .end) }
    }
    for index in program.steps.indices {
      if parts.isEmpty, machine.monitor.callsInAll > Self.mostHypercalls {
        coverage.countCutShort()
        break
      }
      letHostAct(inGap: index + 1)
      if judge.hasFailed { return (index, .command(.scribble)) }
      self.step = index
      let step = program.steps[index]
      let isNoOp = play(step, model.resolve(step))
      if isNoOp { run.noOpSteps |= 1 << UInt64(index) }
      if run.verdict.noOp == nil {
        run.verdict.noOp = isNoOp ? .step(index) : faultThatDidNotFire(in: step, index)
      }
      if parts.contains(.outcomes) { run.outcomes.append(model.outcome) }
      if parts.contains(.state), index == program.steps.count - 1 {
        run.state = StateKey(model, machine.monitor)
      }
      let state = model.abstractState
      coverage.count(step, model, in: state)
      run.notes.visit(state)
      didStep?(model)
      if judge.hasFailed { return (index, .command(step.command.kind)) }
      if model.outcome.isHalt { return (program.steps.count, .end) }
    }
    letHostAct(inGap: program.steps.count + 1)
    if judge.hasFailed { return (program.steps.count, .command(.scribble)) }
    step = program.steps.count
    play(nil, .call(.drop))
    return (program.steps.count, .end)
  }

  private func start(
    _ configuration: Configuration, _ backend: Backend, withTwin: Bool
  ) -> Bool {
    hash = RunHash()
    writer = 0
    step = -1
    machine.reset(configuration, backend)
    var shown = rig.shown
    if withTwin { shown.insert(.twin) }
    model.reset(
      configuration, on: backend, shown: shown, calls: rig.limits.calls,
      storage: rig.storage(configuration, backend.sharing))
    judge.reset(scope: model.backing, shown: shown)
    guard detect() else { return false }
    if withTwin, system != nil {
      otherMachine.reset(configuration, backend)
      otherSystem = try? rig.make(otherMachine)
    }
    if let disturbance {
      machine.disturb(disturbance, host: 0)
      if withTwin { otherMachine.disturb(disturbance, host: Self.otherHost) }
    }
    return true
  }

  /// Has the system built, and judges how that went.
  ///
  /// - Returns: false where the rig cannot run on such a machine.
  private func detect() -> Bool {
    model.begin(nil, .call(.detect))
    var outcome = Outcome.done
    do {
      system = try rig.make(machine)
      guard system != nil else { return false }
    } catch let error as ShareError {
      outcome = .failed(error)
    } catch let error as UnnamedFailure {
      outcome = error.outcome
    } catch {
      preconditionFailure("a rig throws \(error), which is no error of a system")
    }
    model.end(outcome, other: nil)
    if let system {
      system.observe(into: &model.observation)
    } else {
      model.observation = .nothing
    }
    model.observation.overrun = machine.overrunStorage
    hash.add(outcome)
    judge.commandEnded()
    return true
  }

  /// Ends the systems, quietly if the run was cut short.
  private func finish() {
    coverage.count(model, machine, hash, reach.end())
    machine.events.observed(by: nil) {
      system = nil
      otherSystem = nil
    }
  }

  /// Plays one step: begin, act, adopt, judge.
  ///
  /// - Returns: whether it was a no-op.
  @discardableResult
  private func play(_ step: Step?, _ action: ResolvedStep) -> Bool {
    let isNoOp = isNoOp(action)
    if !isNoOp { writer += 1 }
    machine.beginCommand(step?.faults ?? [], host: 0)
    prepareDriver(action, on: machine)
    let interrupts = interrupts(of: step)
    reach.willPlay(step, action)
    model.begin(step, action)
    if !interrupts.isEmpty { interruptSystem(by: interrupts) }
    let outcome = act(action, on: machine, system, host: 0)
    machine.endInterrupts()
    var other: Outcome?
    if let otherSystem {
      otherMachine.beginCommand(step?.faults ?? [], host: Self.otherHost)
      prepareDriver(action, on: otherMachine)
      if !interrupts.isEmpty {
        otherMachine.interrupt(before: interrupts.map(\.position)) { place in
          _ = otherSystem.perform(interrupts[place].call)
        }
      }
      other = act(action, on: otherMachine, otherSystem, host: Self.otherHost)
      otherMachine.endInterrupts()
    }
    model.end(outcome, other: other)
    if case .call = action, !outcome.isHalt {
      model.observation.wantsQuarantine = model.mayHaveLost
      system?.observe(into: &model.observation)
      model.observation.overrun = machine.overrunStorage
    }
    hash.add(outcome)
    reach.didPlay(isNoOp: isNoOp)
    judge.commandEnded()
    return isNoOp
  }

  /// What tells the writes of the twin's host from those of the machine's.
  private static var otherHost: UInt32 { 0x4000_0000 }

  /// The driver writes what it wants to send into its buffer.
  private func prepareDriver(_ action: ResolvedStep, on machine: Machine) {
    guard case .call(.share(let buffer, let direction)) = action, direction != .deviceToDriver,
      let bytes = try? AddressRange(
        start: machine.memory.physicalAddress(of: buffer.address), size: buffer.size),
      bytes.size <= machine.configuration.mostDriverBytes
    else { return }
    machine.memory.fill(bytes, .payload(writer))
  }

  private func act(
    _ action: ResolvedStep, on machine: Machine, _ system: (any SharingSystem)?, host: UInt32
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

  /// What the guest calls in the middle of a step that has not begun yet. A system without a
  /// turnstile is not asked: nobody could say what becomes of it.
  private func interrupts(of step: Step?) -> [(position: Int, call: GuestCall)] {
    guard let step, model.shown.contains(.turnstile) else { return [] }
    return step.faults.compactMap { fault in
      guard case .guest(let deed, let position) = fault else { return nil }
      return (position, model.resolve(deed))
    }
  }

  /// Has the guest call in the middle of the step that begins, and notes what that answers.
  private func interruptSystem(by interrupts: [(position: Int, call: GuestCall)]) {
    machine.interrupt(before: interrupts.map(\.position)) { [unowned self] place in
      let events = eventCount
      let outcome = system?.perform(interrupts[place].call) ?? .skipped
      hash.add(outcome)
      model.note(nested: outcome, events: eventCount - events)
    }
  }

  /// Plays the part of a host that a disturbance sets between two commands.
  private func letHostAct(inGap gap: Int) {
    run.injectionPoints?.gaps.append(!model.reach.isEmpty)
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

  // MARK: No-ops

  /// Whether an action is a no-op, on this machine and on that with the other host.
  private func isNoOp(_ action: ResolvedStep) -> Bool {
    machine.isNoOp(action) && (otherSystem == nil || otherMachine.isNoOp(action))
  }

  /// The faults of the step that has just run, if none fired on either machine.
  private func faultThatDidNotFire(in step: Step, _ index: Int) -> NoOp? {
    guard !step.faults.isEmpty, step.faults.allSatisfy(machine.didNotFire),
      otherSystem == nil || step.faults.allSatisfy(otherMachine.didNotFire)
    else { return nil }
    return .fault(index)
  }
}

extension Step {
  /// Whether the host writes, by itself or in the middle of the command.
  fileprivate var hostWrites: Bool {
    command == .scribble
      || faults.contains { if case .host(.writes, _) = $0 { true } else { false } }
  }
}
