/// A hypervisor that is reached through a conduit by the vendor calls, as all of these are. What
/// one of them does not have, it answers itself, in sight of everyone who watches the conduit.
public protocol ConduitHypervisor: MemorySharingHypervisor {
  associatedtype Conduit: HypercallConduit

  var conduit: Conduit { get }
}

extension ConduitHypervisor {
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

extension ConduitHypervisor where Self: MMIOGuardHypervisor {
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
