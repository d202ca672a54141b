import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  static let secondInitDropsTheFirst = Exhibit(
    "second-init-drops-the-first",
    "A second init has replaced the first sharer before it is refused, and dropped it if it can.",
    source: "AOSP pvmfw, open: init_dynamic_shared_pool",
    seenBy: ["failed-calls-leave-no-trace"], scope: .dynamic
  ) { machine in
    try Rig.core.make(machine).map { ReplacingSystem($0, machine) }
  }
}

private final class ReplacingSystem: SharingSystem {
  private let core: any SharingSystem
  private let machine: Machine
  private var live = LiveBuffers()

  init(_ core: any SharingSystem, _ machine: Machine) {
    self.core = core
    self.machine = machine
  }

  func perform(_ call: GuestCall) -> Outcome {
    let outcome = core.perform(call)
    live.note(call, outcome)
    if case .initialise = call, outcome == .failed(.alreadyInitialised), live.count == 0,
      !machine.monitor.shared.isEmpty, machine.monitor.pinned.isEmpty,
      machine.monitor.standingFault == nil
    {
      _ = core.perform(.unshareAll)
    }
    return outcome
  }

  func observe(into observation: inout Observation) { core.observe(into: &observation) }
}
