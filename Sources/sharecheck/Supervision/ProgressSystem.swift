import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A system under test whose calls are noted in shared memory, so that a supervisor can say where
/// its process died.
final class ProgressSystem: SharingSystem {
  private let system: any SharingSystem
  private let counter: StepCounting
  private let shared: SharedProgress

  /// Who counts the steps: the lockstep, which the rig that it gets cannot name yet.
  private final class StepCounting: @unchecked Sendable {
    unowned(unsafe) var lockstep: Lockstep?
  }

  private init(_ system: any SharingSystem, _ counter: StepCounting, _ shared: SharedProgress) {
    self.system = system
    self.counter = counter
    self.shared = shared
  }

  /// The system goes after this; the stage says when that is over.
  deinit { shared.phase = .ending }

  /// A lockstep of this rig whose systems are noted.
  static func lockstep(_ rig: Rig, _ shared: SharedProgress) -> Lockstep {
    let counter = StepCounting()
    let lockstep = Lockstep(
      Rig(
        id: rig.id, shown: rig.shown, limits: rig.limits,
        storage: { configuration, sharing in
          shared.phase = .building
          defer { shared.phase = .none }
          return rig.storage(configuration, sharing)
        }
      ) { machine in
        shared.step = 0
        shared.phase = .building
        defer { shared.phase = .none }
        return try rig.make(machine).map { ProgressSystem($0, counter, shared) }
      })
    counter.lockstep = lockstep
    return lockstep
  }

  func perform(_ call: GuestCall) -> Outcome {
    if let lockstep = counter.lockstep { shared.step = UInt64(lockstep.step + 1) }
    // A call may be made in the middle of another.
    let phase = shared.phase
    shared.phase = .calling
    defer { shared.phase = phase }
    return system.perform(call)
  }

  func observe(into observation: inout Observation) {
    shared.phase = .observing
    defer { shared.phase = .none }
    system.observe(into: &observation)
  }
}
