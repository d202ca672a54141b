import MemorySharing
import SharingModel

/// An allocator that shows its free blocks to the checks.
public protocol InspectableBlocks: BlockAllocator, ~Copyable {
  /// Lists the free blocks in an empty array by order, then address; false where they are not
  /// shown.
  func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool
  /// The summary words on the way from the root of the index to a kernel.
  var indexDepth: UInt64 { get }
}

/// Where metered allocators leave their step counts.
public final class StepRecord {
  /// The steps of the call that took most since the last reset.
  public private(set) var most: UInt64 = 0

  public init() {}

  public func reset() { most = 0 }
  public func add(_ steps: UInt64) { most = max(most, steps) }
}

/// The core's allocator with its steps counted.
public struct MeteredAllocator: InspectableBlocks, ~Copyable {
  private var base: BuddyAllocator
  private let record: StepRecord

  public init(_ base: consuming BuddyAllocator, _ record: StepRecord) {
    self.base = base
    self.record = record
  }

  /// The core's allocator with a machine's parameters, in the storage of this number.
  init(
    _ machine: Machine, storage: Int, bytes: UInt64, orders: UInt64, _ record: StepRecord
  ) {
    self.init(
      BuddyAllocator(
        minimumBlock: machine.configuration.minimumBlock, orders: orders,
        metadata: machine.storage(storage, bytes: bytes)), record)
  }

  public mutating func manage(_ window: AddressRange) throws(ShareError) {
    try base.manage(window)
  }

  public func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    try base.region(toServe: layout, granule: granule)
  }

  public mutating func add(_ range: AddressRange) throws(ShareError) { try base.add(range) }

  public mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    var meter = StepCounter()
    defer { record.add(meter.steps) }
    return try base.allocate(layout, meter: &meter)
  }

  public func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try base.check(address, layout)
  }

  public mutating func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    var meter = StepCounter()
    defer { record.add(meter.steps) }
    try base.deallocate(address, layout, meter: &meter)
  }

  public func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool {
    base.forEachFreeBlock { address, order in
      blocks.append(Observation.Block(order: order, address: address.rawValue))
    }
    return true
  }

  public var indexDepth: UInt64 { base.indexDepth }
}

/// An allocator that can take the place of the core's.
public protocol ReplacementBlocks: AnyObject, InspectableBlocks {
  /// The steps of the call that took most so far; nil where they are not counted.
  var mostSteps: UInt64? { get }
}

extension ReplacementBlocks {
  public var mostSteps: UInt64? { nil }
}

/// The allocator of pool or heap: the core's, or one in its place.
struct ReplaceableAllocator: InspectableBlocks, ~Copyable {
  private var core: MeteredAllocator
  private var replacement: (any ReplacementBlocks)?

  init(_ core: consuming MeteredAllocator, replacement: (any ReplacementBlocks)?) {
    self.core = core
    self.replacement = replacement
  }

  // A call that changes a replacement is made on a copy of the reference, since one through `self`
  // keeps the object alive for good when it throws (Swift 6.3).

  mutating func manage(_ window: AddressRange) throws(ShareError) {
    if var replacement { try replacement.manage(window) } else { try core.manage(window) }
  }

  func region(toServe layout: Layout, granule: Granule) throws(ShareError) -> Layout {
    if let replacement { return try replacement.region(toServe: layout, granule: granule) }
    return try core.region(toServe: layout, granule: granule)
  }

  mutating func add(_ range: AddressRange) throws(ShareError) {
    if var replacement { try replacement.add(range) } else { try core.add(range) }
  }

  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    if var replacement { return try replacement.allocate(layout) }
    return try core.allocate(layout)
  }

  func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if let replacement {
      try replacement.check(address, layout)
    } else {
      try core.check(address, layout)
    }
  }

  mutating func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if var replacement {
      try replacement.deallocate(address, layout)
    } else {
      try core.deallocate(address, layout)
    }
  }

  func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool {
    if let replacement { return replacement.listFreeBlocks(into: &blocks) }
    return core.listFreeBlocks(into: &blocks)
  }

  var indexDepth: UInt64 { replacement?.indexDepth ?? core.indexDepth }

  /// What a replacement has counted.
  var mostSteps: UInt64? { replacement?.mostSteps }
}
