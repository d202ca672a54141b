import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// A granule is the page of the hypervisor, and not the one of virtio.
  static let dmaAlignedToTheGranule = Exhibit(
    "dma-aligned-to-the-granule",
    "Pages for DMA are as large, and as aligned, as a granule, which may be less than a page.",
    source: "AOSP pvmfw; fixed by 2d5bc585 and 2b0c7fb6",
    seenBy: ["buffers-honour-their-layout"], scope: [.dynamic],
    shown: .everything.subtracting([.callOrder, .freeBlocks, .placement, .pooling])
  ) { machine in
    let granule = machine.configuration.granule
    // More than a page each is wasteful, and nothing worse.
    guard granule <= 4096 else { return nil }
    var live: [PhysicalAddress] = []
    return try Wrapped(coreOn: machine) { call, core in
      switch call {
      case .dmaAlloc(let pages, _) where pages <= machine.configuration.poolTop / 4096:
        let size = pages * granule
        let outcome = core.perform(.allocateShared(size: size, alignment: granule))
        guard case .address(let address, _) = outcome else { return outcome }
        machine.memory.zero(AddressRange(uncheckedStart: address.rawValue, size: size))
        live.append(address)
        return .address(address, machine.memory.virtualAddress(of: address))
      case .dmaDealloc(let address, let pages) where live.contains(address) && pages < 1 << 52:
        let outcome = core.perform(
          .deallocateShared(address, size: pages * granule, alignment: granule))
        if outcome == .done { live.removeAll { $0 == address } }
        return outcome
      default: return core.perform(call)
      }
    }
  }
}
