import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// A device that writes less than the buffer hands on an earlier user's bytes.
  static let staleTail = Exhibit(
    "stale-tail", "A buffer for the device to fill is as dirty as the pool has it.",
    source: "CVE-2022-0854 (Linux swiotlb)",
    seenBy: ["bounce-memory-is-zero"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      guard case .share(let buffer, .deviceToDriver) = call,
        (try? AddressRange(
          start: machine.memory.physicalAddress(of: buffer.address), size: buffer.size))
          != nil
      else { return core.perform(call) }
      return core.perform(.allocateShared(size: buffer.size, alignment: 16))
    }
  }
}
