import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// Upstream's protected KVM shares memory and guards none: the pool runs in heap mode, and the
  /// host reaches no buffer.
  static let asksForTheGuardAlone = Exhibit(
    "asks-for-the-guard-alone",
    "A KVM without an MMIO guard is taken for one that protects nothing.",
    source: "AOSP, `hyp::get_hypervisor`; ours, until Linux 7.2 was tried",
    seenBy: ["granule-is-asked-once"], backends: [.pkvmLinux]
  ) { machine in
    try CoreSystem(machine, ports: GuardOnlyPorts(machine))
  }
}

private final class GuardOnlyPorts: PortInterceptor {
  override func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    let isOfFeatures = registers == HypercallRegisters(calling: .features)
    return isOfFeatures ? HypercallRegisters(.max) : super.call(registers)
  }
}
