/// The buddy allocator of heap and pool: a 64-ary forest of kernels over absolute addresses.
///
/// It computes addresses and touches no memory but its metadata, which lies in storage that the
/// caller hands in and that no host must ever reach (spec §3.10). Placement is a function of the
/// set of free blocks alone: the lowest block of the smallest order that has one (spec §3.3).
///
/// An order-6 block of a level-n kernel is an order-0 block of its parent at level n + 1, and lives
/// in the parent only: a child that becomes wholly free goes back at once. So block order 6·n + k
/// is order k of level n. Work per call is bounded by the number of orders and the depth of the
/// index, never by the number of blocks (spec §3.9).
///
/// AOSP: `buddy_system_allocator`'s `LockedFrameAllocator<32>` and `LockedHeap<32>`. Differs:
/// errors instead of undefined behaviour for every wrong free, coalescing across ranges that were
/// added apart, nothing in the managed memory, and one allocator for both.
public struct BuddyAllocator: ~Copyable {
  /// The logarithm of the minimum block, in bytes.
  package let minimumShift: UInt64
  /// The largest order.
  package let topOrder: UInt64
  private let storage: UnsafeMutableRawBufferPointer

  /// Nil until there is a window.
  package internal(set) var window: AddressRange?
  /// The levels, lowest first. They lie at the front of the metadata, so that the allocator itself
  /// is a few words, which the compiler may copy as it likes.
  private(set) var levels: UnsafeMutablePointer<KernelLevel>
  /// Bit k: a free block of order k exists.
  var ordersWithFree: UInt64 = 0

  /// An allocator that manages nothing yet.
  ///
  /// - Parameters:
  ///   - minimumBlock: the smallest block, in bytes; a power of two.
  ///   - orders: how many block orders there are, 1 to 64; the largest block is
  ///     `minimumBlock << (orders - 1)`, or 2^63 where that is less. AOSP's `ORDER`.
  ///   - metadata: storage of `metadataSize(covering:minimumBlock:orders:)` bytes, aligned to 8,
  ///     which must outlive the allocator.
  public init(minimumBlock: UInt64, orders: UInt64, metadata: UnsafeMutableRawBufferPointer) {
    precondition(minimumBlock.isPowerOfTwo, "the minimum block is no power of two")
    precondition(orders >= 1 && orders <= 64, "there are 1 to 64 orders")
    minimumShift = minimumBlock.ceilingLog2
    topOrder = min(orders &- 1, 63 &- minimumShift)
    storage = metadata
    // Nothing is looked up before `manage` has put levels there.
    levels = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
  }

  /// Bytes of metadata storage that a window needs; nil when they do not fit in 64 bits.
  public static func metadataSize(
    covering window: AddressRange, minimumBlock: UInt64, orders: UInt64
  ) -> UInt64? {
    let empty = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    return BuddyAllocator(minimumBlock: minimumBlock, orders: orders, metadata: empty)
      .metadataSize(covering: window)
  }

  /// The smallest block, in bytes.
  public var minimumBlock: UInt64 { 1 &<< minimumShift }

  var levelCount: Int { Int(truncatingIfNeeded: topOrder / 6) &+ 1 }

  private var levelBytes: Int { levelCount * MemoryLayout<KernelLevel>.stride }

  private func metadataSize(covering window: AddressRange) -> UInt64? {
    var total = UInt64(levelBytes)
    for number in 0..<levelCount {
      guard let size = level(number, covering: window).metadataSize else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(size)
      if overflow { return nil }
      total = sum
    }
    return total
  }

  /// A level over a window, without its metadata.
  private func level(_ number: Int, covering window: AddressRange) -> KernelLevel {
    let slotShift = minimumShift &+ UInt64(6 * number)
    let kernelShift = slotShift &+ 6
    return KernelLevel(
      first: window.start.rawValue >> kernelShift,
      last: (window.end.rawValue &- 1) >> kernelShift,
      top: number == levelCount - 1 ? topOrder % 6 : BlockKernel.wholeOrder,
      slotShift: slotShift)
  }

  /// Forgets everything and starts over, empty, for addresses in this window.
  ///
  /// - Throws: `outOfMetadata`; the allocator then manages nothing.
  public mutating func manage(_ window: AddressRange) throws(ShareError) {
    self.window = nil
    ordersWithFree = 0
    let needed = metadataSize(covering: window) ?? .max
    guard needed <= UInt64(storage.count), let start = storage.baseAddress else {
      throw .outOfMetadata(needed: needed, available: UInt64(storage.count))
    }
    start.initializeMemory(as: UInt8.self, repeating: 0, count: Int(needed))
    levels = start.bindMemory(to: KernelLevel.self, capacity: levelCount)
    var offset = levelBytes
    for number in 0..<levelCount {
      levels[number] = level(number, covering: window)
      levels[number].place(at: start + offset)
      offset += Int(levels[number].metadataSize ?? 0)
    }
    // Kernels below the top level are written when their parent first hands them a slot.
    let roots = levels[levelCount - 1]
    for kernel in 0..<Int(roots.count) { roots.kernels[kernel] = .allAbsent }
    self.window = window
  }
}

extension BuddyAllocator: BlockAllocator {
  public func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    let order = try order(for: layout)
    // Block size and granule are powers of two, so the larger is a multiple of both.
    let size = max(1 &<< (order &+ minimumShift), granule.bytes)
    return Layout(uncheckedSize: size, alignment: size)
  }

  public mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    var meter = NoMeter()
    return try allocate(layout, meter: &meter)
  }

  public func check(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    var meter = NoMeter()
    _ = try usedPlace(at: address, layout, meter: &meter)
  }

  public mutating func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    var meter = NoMeter()
    try deallocate(address, layout, meter: &meter)
  }

  /// The order of the block that serves a layout.
  ///
  /// - Throws: `sizeOverflows`, `largerThanTheTopOrder`.
  func order(for layout: Layout) throws(ShareError) -> UInt64 {
    let order = BlockOrder(fitting: layout, minimumShift: minimumShift).rawValue
    guard order <= topOrder else { throw tooLarge(layout, order: order) }
    return order
  }

  /// What to throw of a layout whose order is above the top.
  func tooLarge(_ layout: Layout, order: UInt64) -> ShareError {
    order &+ minimumShift > 63 ? .sizeOverflows(layout.size) : .largerThanTheTopOrder(layout)
  }
}
