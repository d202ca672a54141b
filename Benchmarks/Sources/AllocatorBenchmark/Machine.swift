import MemorySharing

// The machine under heap and pool. No block's bytes are touched, so that only calls are timed.

struct UntouchedMemory: GuestMemory {
  func zero(_ range: AddressRange) {}
  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {}
  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue)
  }
  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue)
  }
}

struct NoHypervisor: MemorySharingHypervisor {
  func granule() -> Granule { .one }
  func share(_ granule: PhysicalAddress) {}
  func unshare(_ granule: PhysicalAddress) {}
  func abandon(_ granules: AddressRange) {}
}

/// A heap with one region, the whole window.
struct OneRegion: RegionSource {
  let window: AddressRange

  func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard layout.size == window.size else { throw .exhausted(layout) }
    return window.start
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) {}
}
