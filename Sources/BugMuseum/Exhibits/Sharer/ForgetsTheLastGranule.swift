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
  override func share(_ address: UInt64) -> UInt64 {
    isForgotten(address) ? 0 : super.share(address)
  }

  override func unshare(_ address: UInt64) -> UInt64 {
    isForgotten(address) ? 0 : super.unshare(address)
  }

  /// Whether it is the last granule of a region of several, which the sharer takes for shared.
  private func isForgotten(_ address: UInt64) -> Bool {
    let granule = machine.configuration.granule
    return regions.contains { $0.size > granule && address == $0.end.rawValue - granule }
  }
}
