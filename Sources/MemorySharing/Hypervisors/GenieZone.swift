/// MediaTek's hypervisor: shares on demand, guards MMIO, and knows the answer -2 (NOT_REQUIRED).
///
/// AOSP: `hyp::GeniezoneHypervisor`.
public struct GenieZone<Conduit: HypercallConduit>: MemorySharingHypervisor {
  public let conduit: Conduit

  @inlinable
  public init(conduit: Conduit) { self.conduit = conduit }

  @inlinable
  public func granule() throws(ShareError) -> Granule { try conduit.memInfo() }

  @inlinable
  public func share(_ granule: PhysicalAddress) throws(ShareError) {
    try conduit.memShare(granule)
  }

  @inlinable
  public func unshare(_ granule: PhysicalAddress) throws(ShareError) {
    try conduit.memUnshare(granule)
  }

  @inlinable
  public func abandon(_ granules: AddressRange) { conduit.abandon(granules) }
}

extension GenieZone: MMIOGuardHypervisor {
  @inlinable
  public func enroll() throws(ShareError) { try conduit.mmioGuardEnroll() }

  @inlinable
  public func mmioGranule() throws(ShareError) -> UInt64 { try conduit.mmioGuardInfo() }

  @inlinable
  public func map(_ granule: PhysicalAddress) throws(ShareError) {
    try conduit.mmioGuardMap(granule)
  }

  @inlinable
  public func unmap(_ granule: PhysicalAddress) throws(ShareError) {
    try conduit.mmioGuardUnmap(granule)
  }
}
