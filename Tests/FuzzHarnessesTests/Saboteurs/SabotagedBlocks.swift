import FuzzHarnesses
import MemorySharing

/// The core's allocator with one thing wrong.
struct SabotagedBlocks: ListableBlocks, ~Copyable {
  enum Sabotage: CaseIterable {
    /// Frees are accepted and forgotten.
    case forgetsFrees
    /// The second lowest block is as good as the lowest.
    case servesHigherBlocks
    /// Another layout is as good.
    case freesAnyLayout
    /// Names the other of the two faults.
    case mixesUpRefusals
    /// Leaves out the last block of a range.
    case addsOneBlockLess
    /// What is larger than the top order is only exhausted.
    case knowsNoTopOrder
    /// Regions are as large as the request only.
    case forgetsTheGranule
    /// `check` is always content.
    case checksNothing
    /// Free blocks of order 0 are not listed.
    case hidesSmallBlocks

    /// Part of what the bitmap must say of it.
    var evidence: String {
      switch self {
      case .forgetsFrees, .addsOneBlockLess, .hidesSmallBlocks: "and should be ["
      case .servesHigherBlocks: ", not 0x"
      case .freesAnyLayout: "another layout"
      case .mixesUpRefusals: "not allocated"
      case .knowsNoTopOrder: ", not exhausted"
      case .forgetsTheGranule: "bytes aligned to"
      case .checksNothing: "when it was only asked"
      }
    }
  }

  private var base: BuddyAllocator
  private let sabotage: Sabotage

  init(_ shape: AllocatorShape, _ metadata: UnsafeMutableRawBufferPointer, _ sabotage: Sabotage) {
    base = BuddyAllocator(
      minimumBlock: shape.minimumBlock, orders: shape.orders, metadata: metadata)
    self.sabotage = sabotage
  }

  mutating func manage(_ window: AddressRange) throws(ShareError) { try base.manage(window) }

  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    let granule = sabotage == .forgetsTheGranule ? Granule.one : granule
    return try base.region(toServe: layout, granule: granule)
  }

  mutating func add(_ range: AddressRange) throws(ShareError) {
    guard sabotage == .addsOneBlockLess, range.size > base.minimumBlock else {
      return try base.add(range)
    }
    try base.add(try AddressRange(start: range.start, size: range.size - base.minimumBlock))
  }

  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    do throws(ShareError) {
      let first = try base.allocate(layout)
      guard sabotage == .servesHigherBlocks, let second = try? base.allocate(layout) else {
        return first
      }
      try base.deallocate(first, layout)
      return second
    } catch {
      if case .largerThanTheTopOrder = error, sabotage == .knowsNoTopOrder {
        throw .exhausted(layout)
      }
      throw error
    }
  }

  func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if sabotage != .checksNothing { try base.check(address, layout) }
  }

  mutating func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    do throws(ShareError) {
      try base.check(address, layout)
    } catch {
      guard case .allocatedWithAnotherLayout = error else { throw error }
      if sabotage == .freesAnyLayout { return }
      throw sabotage == .mixesUpRefusals ? .notAllocated(address) : error
    }
    if sabotage != .forgetsFrees { try base.deallocate(address, layout) }
  }

  func forEachFreeBlock(_ body: (PhysicalAddress, _ order: UInt64) -> Void) {
    base.forEachFreeBlock { address, order in
      if order > 0 || sabotage != .hidesSmallBlocks { body(address, order) }
    }
  }
}
