import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// The virtio contract wants zeroes; a recycled block holds what its last user left.
  static let dmaNotZeroed = Exhibit(
    "dma-not-zeroed", "Pages for DMA are handed out as the pool has them, recycled and dirty.",
    source: "virtio-drivers #80, openvmm #267", seenBy: ["dma-memory-is-zero"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      guard case .dmaAlloc(let pages, _) = call, pages < 1 << 52 else { return core.perform(call) }
      let outcome = core.perform(.allocateShared(size: pages * 4096, alignment: 4096))
      guard case .address(let address, _) = outcome else { return outcome }
      return .address(address, machine.memory.virtualAddress(of: address))
    }
  }
}
