/// A hypervisor as the sharer sees it.
///
/// AOSP: `hyp::MemSharer`. Methods are nonmutating, since a sharer calls them while it is dropped.
public protocol MemorySharingHypervisor {
  /// The unit of sharing (HYP_MEMINFO). AOSP: `granule`.
  ///
  /// - Throws: `hypercallFailed`, `granuleIsNotAPowerOfTwo`.
  func granule() throws(ShareError) -> Granule

  /// Lets the host reach the granule at this address (MEM_SHARE). AOSP: `share`.
  ///
  /// - Throws: `hypercallFailed`; the granule may be shared all the same.
  func share(_ granule: PhysicalAddress) throws(ShareError)

  /// Takes the granule at this address back from the host (MEM_UNSHARE). AOSP: `unshare`.
  ///
  /// - Throws: `hypercallFailed`; only a call that returns proves the granule private.
  func unshare(_ granule: PhysicalAddress) throws(ShareError)

  /// See `HypercallConduit.abandon(_:)`.
  func abandon(_ granules: AddressRange)
}

/// A hypervisor that lets a guest declare its MMIO granules. AOSP: `hyp::MmioGuard`.
public protocol MMIOGuardHypervisor {
  /// Turns the guard on. AOSP: `enroll`.
  ///
  /// - Throws: `mmioGuardUnsupported` for the answers -1 and -2, `hypercallFailed` for others.
  func enroll() throws(ShareError)

  /// The unit of mapping, in bytes. AOSP: `granule`.
  ///
  /// - Throws: `hypercallFailed`, `mmioGranuleIsMisaligned`.
  func mmioGranule() throws(ShareError) -> UInt64

  /// AOSP: `map`. - Throws: `hypercallFailed`.
  func map(_ granule: PhysicalAddress) throws(ShareError)

  /// AOSP: `unmap`. - Throws: `hypercallFailed`.
  func unmap(_ granule: PhysicalAddress) throws(ShareError)
}
