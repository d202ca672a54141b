import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// No bounce buffer: whatever lies beside the driver's buffer in its granules is shared with it.
  static let sharesTheBufferInPlace = Exhibit(
    "shares-the-buffer-in-place", "The driver's own buffer is shared, and its neighbours with it.",
    source: "virtio-drivers #97",
    seenBy: ["private-memory-is-never-shared"], scope: .dynamic,
    shown: .everything.subtracting([.callOrder, .pooling, .reports])
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      guard case .share(let buffer, _) = call, case .address = outcome else { return outcome }
      let start = machine.memory.physicalAddress(of: buffer.address)
      let granule = machine.configuration.granule
      var address = start.rawValue & ~(granule - 1)
      while address < start.rawValue + buffer.size {
        let asked = HypercallRegisters(calling: .memShare, at: address)
        // Where that is refused, a bounce buffer serves.
        guard machine.monitor.call(asked).x0 == 0 else { return outcome }
        address += granule
      }
      return .address(start, nil)
    }
  }
}
