import MemorySharing
import SharingHarness

/// Forgets the regions after the first ones when the pool is torn down, which gives back the last
/// one first.
final class ShortMemoryPorts: SharingPorts {
  private let most: Int

  init(_ machine: Machine, regions most: Int) {
    self.most = most
    super.init(machine)
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if isForgotten(address) { return }
    try super.deallocate(address, layout)
  }

  override func unshare(_ address: UInt64) -> UInt64 {
    isForgotten(PhysicalAddress(address)) ? 0 : super.unshare(address)
  }

  private func isForgotten(_ address: PhysicalAddress) -> Bool {
    isTearingDown && regions.dropFirst(most).contains { $0.contains(address) }
  }
}
