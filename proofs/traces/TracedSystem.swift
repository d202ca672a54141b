import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A system whose calls are traced, with what happens at its machine's ports meanwhile.
final class TracedSystem: SharingSystem {
  private let system: any SharingSystem
  private let machine: Machine
  private let trace: Trace

  init(_ system: any SharingSystem, on machine: Machine, _ trace: Trace) {
    self.system = system
    self.machine = machine
    self.trace = trace
  }

  func perform(_ call: GuestCall) -> Outcome {
    if case .initialise = call {
      let outcome = system.perform(call)
      trace.begin(machine.configuration)
      return outcome
    }
    trace.call(call)
    let observer = machine.events.observer
    machine.events.observer = { [trace] event in
      observer?(event)
      trace.event(event)
    }
    let outcome = system.perform(call)
    machine.events.observer = observer
    trace.answer(outcome)
    if call == .unshareAll || call == .drop { trace.reach(machine.monitor) }
    return outcome
  }

  func observe(into observation: inout Observation) { system.observe(into: &observation) }
}

extension Rig {
  /// The same rig, with what its systems do on the first machine that comes along in a trace: on
  /// another machine stands the twin of a lockstep, and a trace is about one.
  func traced(by trace: Trace) -> Rig {
    nonisolated(unsafe) let trace = trace
    nonisolated(unsafe) var traced: Machine?
    return Rig(id: id, shown: shown, storage: storage) { [make] machine in
      if traced == nil { traced = machine }
      guard machine === traced else { return try make(machine) }
      return try make(machine).map { TracedSystem($0, on: machine, trace) }
    }
  }
}
