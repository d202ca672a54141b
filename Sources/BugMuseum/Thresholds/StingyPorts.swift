import MemorySharing
import SharingHarness

/// Shares the first granules of a region only, and says that it shared all.
final class StingyPorts: SharingPorts {
  private let granules: UInt64

  init(_ machine: Machine, granules: UInt64) {
    self.granules = granules
    super.init(machine)
  }

  override func share(_ address: UInt64) -> UInt64 {
    isBeyond(address) ? 0 : super.share(address)
  }

  override func unshare(_ address: UInt64) -> UInt64 {
    isBeyond(address) ? 0 : super.unshare(address)
  }

  private func isBeyond(_ address: UInt64) -> Bool {
    regions.contains {
      $0.contains(PhysicalAddress(address))
        && (address - $0.start.rawValue) / machine.configuration.granule >= granules
    }
  }
}
