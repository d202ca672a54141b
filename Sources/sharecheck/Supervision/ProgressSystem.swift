import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A system under test whose calls are noted in shared memory, so that a supervisor can say where
/// its process died.
final class ProgressSystem: SharingSystem {
  private let system: any SharingSystem
  private let model: ModelReference
  private let shared: SharedProgress

  /// Who counts the steps; a system is built before its lockstep can be asked.
  private final class ModelReference: @unchecked Sendable {
    var model: Model?
  }

  private init(_ system: any SharingSystem, _ model: ModelReference, _ shared: SharedProgress) {
    self.system = system
    self.model = model
    self.shared = shared
  }

  /// A lockstep of this rig whose systems are noted.
  static func lockstep(_ rig: Rig, _ shared: SharedProgress) -> Lockstep {
    let reference = ModelReference()
    let lockstep = Lockstep(
      Rig(id: rig.id, shown: rig.shown) { machine in
        shared.step = 0
        shared.phase = .building
        defer { shared.phase = .none }
        return rig.make(machine).map { ProgressSystem($0, reference, shared) }
      })
    reference.model = lockstep.model
    return lockstep
  }

  func perform(_ call: GuestCall) -> Outcome {
    if let model = model.model {
      let number = UInt64(model.record.number)
      shared.step = number &- (model.configuration.startsInitialised ? 1 : 0)
    }
    shared.phase = .calling
    defer { shared.phase = .none }
    return system.perform(call)
  }

  func observe(into observation: inout Observation) {
    shared.phase = .observing
    defer { shared.phase = .none }
    system.observe(into: &observation)
  }
}
