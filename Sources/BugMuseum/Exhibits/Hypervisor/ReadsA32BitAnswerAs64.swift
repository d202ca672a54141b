import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// MMIO_GUARD_MAP answers 0xDEADBEEF00000000 there, and has taken effect.
  static let readsA32BitAnswerAs64 = Exhibit(
    "reads-a-32-bit-answer-as-64",
    "What Android 13 answers in 32 bits is read with the garbage above it.",
    source: "AOSP 9afab67a, 06c57028", seenBy: ["failed-calls-leave-no-trace"],
    backends: [.pkvmAndroid13],
    shown: Capabilities.everything.subtracting([.callOrder, .namedErrors])
  ) { machine in
    try CurrentPorts(machine).system()
  }
}

private final class CurrentPorts: SharingPorts {
  override var generation: HypervisorGeneration { .current }
}
