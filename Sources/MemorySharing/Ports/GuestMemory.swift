/// The bytes of guest memory.
///
/// The core computes addresses and asks this port to touch them. Methods are nonmutating, since a
/// sharer scrubs while it is dropped.
public protocol GuestMemory {
  /// Sets every byte of the range to 0.
  func zero(_ range: AddressRange)

  /// Copies `size` bytes from one run to another that does not overlap it.
  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64)

  /// The address under which the guest's CPU sees this byte. AOSP: `phys_to_virt`.
  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress

  /// The physical address of a byte that the guest's CPU sees. AOSP: `virt_to_phys`.
  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress
}
