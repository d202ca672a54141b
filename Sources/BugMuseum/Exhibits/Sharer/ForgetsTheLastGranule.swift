import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let forgetsTheLastGranule = Exhibit(
    "forgets-the-last-granule", "The last granule of a region of several is not shared.",
    source: "ours: off by one in the step", seenBy: ["live-buffers-lie-in-shared-granules"],
    scope: .dynamic, shown: Capabilities.everything.subtracting([.callOrder, .reports])
  ) { machine in
    try ShortPorts(machine).system()
  }
}

private final class ShortPorts: SharingPorts {
  /// The last granules of regions, which the sharer takes for shared.
  private var forgotten: [UInt64] = []

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let start = try super.allocateZeroed(layout)
    let granule = machine.configuration.granule
    if layout.size > granule { forgotten.append(start.rawValue + (layout.size - granule)) }
    return start
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try super.deallocate(address, layout)
    forgotten.removeAll { $0 >= address.rawValue && $0 - address.rawValue < layout.size }
  }

  override func share(_ address: UInt64) -> UInt64 {
    forgotten.contains(address) ? 0 : super.share(address)
  }

  override func unshare(_ address: UInt64) -> UInt64 {
    forgotten.contains(address) ? 0 : super.unshare(address)
  }
}
