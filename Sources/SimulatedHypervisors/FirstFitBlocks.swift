import MemorySharing

/// The blocks of a heap that is not a buddy heap: free runs, and the lowest address that fits.
///
/// It is as unhelpful as a heap may be. A block is no larger than its request in whole minimum
/// blocks, and no better aligned than asked where that can be avoided: a request aligned to 4096
/// bytes is served at an odd multiple of 4096. Whoever relies on more than what was asked for
/// is found out.
public final class FirstFitBlocks: BlockAllocator {
  /// In bytes; a power of two.
  public let minimumBlock: UInt64
  /// What is free; runs that touch are one.
  public private(set) var free = SortedRanges()
  private var used: [AddressRange] = []
  private var window: AddressRange?

  /// An allocator that manages nothing yet.
  public init(minimumBlock: UInt64) { self.minimumBlock = minimumBlock }

  public func manage(_ window: AddressRange) {
    self.window = window
    free.removeAll()
    used.removeAll()
  }

  public func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    let unit = max(granule.bytes, minimumBlock)
    guard let size = layout.size.roundedUp(to: unit) else { throw .sizeOverflows(layout.size) }
    return try Layout(size: size, alignment: max(layout.alignment, unit))
  }

  public func add(_ range: AddressRange) throws(ShareError) {
    let end = range.end.rawValue.roundedDown(to: minimumBlock)
    guard let start = range.start.rawValue.roundedUp(to: minimumBlock), start < end else {
      throw .rangeIsEmpty(start: range.start)
    }
    let whole = AddressRange(uncheckedStart: start, size: end - start)
    guard window?.contains(whole) == true else { throw .rangeIsOutside(range) }
    if free.overlaps(whole) || used.contains(where: whole.overlaps) { throw .rangeOverlaps(range) }
    free.insert(whole)
  }

  public func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard let size = size(of: layout) else { throw .sizeOverflows(layout.size) }
    guard let start = place(size, alignment: max(layout.alignment, minimumBlock)) else {
      throw .exhausted(layout)
    }
    let block = AddressRange(uncheckedStart: start, size: size)
    free.remove(block)
    used.append(block)
    return block.start
  }

  public func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    _ = try index(of: address, layout)
  }

  public func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    free.insert(used.remove(at: try index(of: address, layout)))
  }
}

extension FirstFitBlocks {
  /// Bytes of the block that serves a layout; nil where they do not fit in 64 bits.
  private func size(of layout: Layout) -> UInt64? { layout.size.roundedUp(to: minimumBlock) }

  /// The lowest free address that is aligned as asked and no better, or else the lowest that is
  /// aligned better.
  private func place(_ size: UInt64, alignment: UInt64) -> UInt64? {
    var better: UInt64?
    for run in free.ranges {
      guard let first = run.start.rawValue.roundedUp(to: alignment), run.fits(size, at: first)
      else { continue }
      if first & alignment != 0 { return first }
      let (second, overflow) = first.addingReportingOverflow(alignment)
      if !overflow, run.fits(size, at: second) { return second }
      better = better ?? first
    }
    return better
  }

  private func index(
    of address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) -> Int {
    guard let index = used.firstIndex(where: { $0.start == address }) else {
      throw .notAllocated(address)
    }
    guard used[index].size == size(of: layout) else {
      throw .allocatedWithAnotherLayout(address)
    }
    return index
  }
}

extension AddressRange {
  /// Whether `size` bytes from an address on, at or above the start, lie in the range.
  fileprivate func fits(_ size: UInt64, at address: UInt64) -> Bool {
    address < end.rawValue && end.rawValue - address >= size
  }
}
