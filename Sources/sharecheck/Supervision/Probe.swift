import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Notes which step runs and what the system under test is asked for, so that a supervisor can say
/// where it died.
final class Probe: @unchecked Sendable {
  let notes: SharedNotes
  /// Who counts the steps.
  private var model: Model?

  init(_ notes: SharedNotes) { self.notes = notes }

  /// A lockstep of this rig with the probe in it.
  static func lockstep(_ rig: Rig, _ notes: SharedNotes) -> Lockstep {
    let probe = Probe(notes)
    let lockstep = Lockstep(
      Rig(id: rig.id, shown: rig.shown) { machine in
        notes[.step] = 0
        notes.phase = .building
        defer { notes.phase = .none }
        return rig.make(machine).map { ProbedSystem($0, probe) }
      })
    probe.model = lockstep.model
    return lockstep
  }

  /// The number of the step that runs, plus one.
  fileprivate var step: UInt64 {
    guard let model else { return 0 }
    let number = UInt64(model.record.number)
    return number &- (model.configuration.startsInitialised ? 1 : 0)
  }
}

/// A system under test whose calls are noted.
private final class ProbedSystem: SharingSystem {
  private let system: any SharingSystem
  private let probe: Probe

  init(_ system: any SharingSystem, _ probe: Probe) {
    self.system = system
    self.probe = probe
  }

  func perform(_ call: GuestCall) -> Outcome {
    probe.notes[.step] = probe.step
    probe.notes.phase = .calling
    defer { probe.notes.phase = .none }
    return system.perform(call)
  }

  func observe(into observation: inout Observation) {
    probe.notes.phase = .observing
    defer { probe.notes.phase = .none }
    system.observe(into: &observation)
  }
}
