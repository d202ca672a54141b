import MemorySharing
import SharingHarness
import SimulatedHypervisors

extension Exhibit {
  static let leavesTheConsoleMapped = Exhibit(
    "leaves-the-console-mapped",
    "Unmapping all MMIO passes over the page that was mapped first, the console's.",
    source: "ours; AOSP pvmfw keeps the console to the last", seenBy: ["mmio-guard-is-balanced"],
    backends: Backend.all.filter { $0.behaviour.mmioGuard == .present }
  ) { machine in
    try CoreSystem(machine, ports: ConsolePorts(machine))
  }
}

private final class ConsolePorts: PortInterceptor {
  private var console: UInt64?
  /// Whether the last MAP failed: what is unmapped then is undone by the guard itself.
  private var isUndoing = false

  override func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    switch HypercallFunction(rawValue: UInt32(truncatingIfNeeded: registers.x0)) {
    case .mmioGuardMap:
      let answer = super.call(registers)
      let word =
        generation == .android13 ? UInt64(UInt32(truncatingIfNeeded: answer.x0)) : answer.x0
      isUndoing = word != 0
      let isMapped = machine.monitor.mmio.contains(PhysicalAddress(registers.x1))
      if isMapped, console == nil { console = registers.x1 }
      return answer
    case .mmioGuardUnmap where registers.x1 == console:
      guard isUndoing else { return HypercallRegisters(0) }
      console = nil
      return super.call(registers)
    default: return super.call(registers)
    }
  }
}
