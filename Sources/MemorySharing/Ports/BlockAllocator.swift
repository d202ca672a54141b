/// An allocator of address blocks: what heap and pool are made of.
///
/// It computes addresses and never touches the memory that they name. The core's own is
/// `BuddyAllocator`; the port exists so that another can stand in its place under the same checks.
public protocol BlockAllocator: ~Copyable {
  /// Forgets everything and starts over, empty, for addresses in this window.
  ///
  /// - Throws: `outOfMetadata` when the storage that was handed in cannot cover the window.
  mutating func manage(_ window: AddressRange) throws(ShareError)

  /// The region that must be added so that this layout is sure to be served, whatever else the
  /// allocator holds: large and aligned enough, in whole granules (spec §4, refill).
  ///
  /// - Throws: `largerThanTheTopOrder`, `sizeOverflows`.
  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout

  /// Takes over every byte of the range that alignment to the minimum block allows (spec §3.5).
  ///
  /// - Throws: `rangeIsEmpty`, `rangeIsOutside`, `rangeOverlaps`; nothing has changed then.
  mutating func add(_ range: AddressRange) throws(ShareError)

  /// - Throws: `largerThanTheTopOrder`, `exhausted`, `sizeOverflows`; nothing has changed then.
  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress

  /// Throws what `deallocate(_:_:)` would, and changes nothing.
  ///
  /// - Throws: `notAllocated`, `allocatedWithAnotherLayout`.
  func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError)

  /// - Throws: `notAllocated`, `allocatedWithAnotherLayout`; nothing has changed then.
  mutating func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError)
}
