/// The heap as the sharer sees it: where regions come from and go back to.
///
/// Any heap will do, also one that aligns no better than it was asked to. Methods are nonmutating,
/// since a sharer gives regions back while it is dropped.
public protocol RegionSource {
  /// The addresses that this heap can ever hand out.
  var window: AddressRange { get }

  /// A region of exactly `layout.size` bytes, aligned as asked, zeroed. AOSP: `alloc_zeroed`.
  ///
  /// - Throws: `largerThanTheTopOrder`, `exhausted`, `sizeOverflows`; nothing is lost then.
  func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress

  /// Gives a region back. AOSP: `dealloc`.
  ///
  /// - Throws: `notAllocated`, `allocatedWithAnotherLayout`.
  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError)
}
