import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let sharesWithoutZeroing = Exhibit(
    "shares-without-zeroing", "A region is shared with what the heap's last user left in it.",
    source: "ours", seenBy: ["fresh-memory-is-zero", "no-secret-leaves"], scope: .dynamic
  ) { machine in
    try UnzeroedPorts(machine).system()
  }
}

private final class UnzeroedPorts: SharingPorts {
  private var isRefilling = false

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    isRefilling = true
    defer { isRefilling = false }
    return try super.allocateZeroed(layout)
  }

  override func zero(_ range: AddressRange) {
    if !isRefilling { super.zero(range) }
  }
}
