import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// What is zeroed is what is shared, and more than what is handed out.
  static let zeroesTheWholeGranule = Exhibit(
    "zeroes-the-whole-granule",
    "Pages for DMA are zeroed to the end of their granule, with whatever else lies there.",
    source: "ours", seenBy: ["calls-stay-in-their-frame"], scope: .dynamic
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      guard case .dmaAlloc(let pages, _) = call, case .address(let address, _) = outcome else {
        return outcome
      }
      let end = address.rawValue + pages * 4096
      let rest = (0 &- end) & (machine.configuration.granule - 1)
      if rest > 0 { machine.memory.zero(AddressRange(uncheckedStart: end, size: rest)) }
      return outcome
    }
  }
}
