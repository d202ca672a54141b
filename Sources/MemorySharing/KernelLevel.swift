/// One level of a buddy allocator: its kernels, and per order an index of those with a free block.
///
/// Level 0 manages minimum blocks, level n blocks of 64^n of them. Kernels are numbered by absolute
/// address, so that ranges that were added apart coalesce; the level holds the run of numbers that
/// the window touches.
///
/// The index of an order is a tree in which every word has 64 children, numbered breadth first: the
/// root is node 0, and the children of node n are 64n + 1 to 64n + 64. The leaves are the kernels.
/// A set bit says that something below it is free. No layer is stored short but the last, so a path
/// is arithmetic on the node alone.
///
/// All pointers reach into the metadata storage that the caller handed in.
struct KernelLevel {
  private(set) var kernels: UnsafeMutablePointer<BlockKernel>
  private var summaries: UnsafeMutablePointer<UInt64>
  /// The number of the first kernel, and how many there are.
  let first: UInt64
  let count: UInt64
  /// The order to which kernels of this level merge.
  let top: UInt64
  /// The logarithm of a slot, in bytes.
  let slotShift: UInt64
  /// The node of the first kernel; 0 when it is the only one, and needs no index.
  private let firstLeaf: UInt64
  /// Words of one order's index.
  private let summaryWords: UInt64

  init(first: UInt64, last: UInt64, top: UInt64, slotShift: UInt64) {
    self.first = first
    self.count = last &- first &+ 1
    self.top = top
    self.slotShift = slotShift
    var firstLeaf: UInt64 = 0
    var width: UInt64 = 1
    while width < count {
      firstLeaf &+= width
      width <<= 6
    }
    self.firstLeaf = firstLeaf
    // The words are the nodes up to the parent of the last leaf.
    self.summaryWords = firstLeaf == 0 ? 0 : (firstLeaf &+ count &- 2) >> 6 &+ 1
    // No metadata yet: `place` gives it before anything is looked up.
    self.kernels = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    self.summaries = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
  }

  /// How many orders live here: a block of order 6 is the parent's.
  private var orders: UInt64 { min(top, 5) &+ 1 }

  /// How many summary words lie above a kernel.
  var depth: UInt64 {
    var depth: UInt64 = 0
    var node = firstLeaf
    while node > 0 {
      node = (node &- 1) >> 6
      depth &+= 1
    }
    return depth
  }

  /// Bytes of metadata: the kernels, and a tree of summary words for each order; nil when they do
  /// not fit in 64 bits.
  var metadataSize: UInt64? {
    let (kernelBytes, tooMany) = count.multipliedReportingOverflow(
      by: UInt64(MemoryLayout<BlockKernel>.stride))
    let (bytes, tooLarge) = kernelBytes.addingReportingOverflow(summaryWords &* 8 &* orders)
    return tooMany || tooLarge ? nil : bytes
  }

  /// Puts this level's metadata at an address whose bytes are all 0.
  mutating func place(at address: UnsafeMutableRawPointer) {
    kernels = address.bindMemory(to: BlockKernel.self, capacity: Int(count))
    summaries = address.advanced(by: Int(count) * MemoryLayout<BlockKernel>.stride)
      .bindMemory(to: UInt64.self, capacity: Int(summaryWords &* orders))
  }

  /// The first address of a kernel's slot.
  @inline(__always)
  func address(of slot: UInt64, in kernel: UInt64) -> PhysicalAddress {
    PhysicalAddress(((first &+ kernel) << 6 &+ slot) &<< slotShift)
  }

  /// The state of a kernel.
  @inline(__always)
  func state(of kernel: UInt64) -> UnsafeMutablePointer<BlockKernel> {
    kernels + Int(truncatingIfNeeded: kernel)
  }

  // MARK: The index

  @inline(__always)
  private func index(of order: UInt64) -> UnsafeMutablePointer<UInt64> {
    summaries + Int(truncatingIfNeeded: order &* summaryWords)
  }

  /// The lowest kernel with a free block of this order, which one must have.
  @inline(__always)
  func lowestKernel<Meter: StepMeter>(withFree order: UInt64, meter: inout Meter) -> UInt64 {
    let words = index(of: order)
    var node: UInt64 = 0
    while node < firstLeaf {
      meter.step()
      let word = words[Int(truncatingIfNeeded: node)]
      node = node << 6 &+ 1 &+ UInt64(truncatingIfNeeded: word.trailingZeroBitCount)
    }
    return node &- firstLeaf
  }

  /// Enters a kernel into the index of an order of which it has just got its first free block.
  @inline(__always)
  func enter<Meter: StepMeter>(_ kernel: UInt64, order: UInt64, meter: inout Meter) {
    let words = index(of: order)
    var node = firstLeaf &+ kernel
    while node > 0 {
      meter.step()
      let bit: UInt64 = 1 &<< ((node &- 1) & 63)
      node = (node &- 1) >> 6
      let others = words[Int(truncatingIfNeeded: node)]
      words[Int(truncatingIfNeeded: node)] = others | bit
      // A word that had another bit is known above.
      if others != 0 { return }
    }
  }

  /// Strikes a kernel from the index of an order of which it has just lost its last free block.
  ///
  /// - Returns: whether the whole level has no free block of the order any more.
  @inline(__always)
  func strike<Meter: StepMeter>(
    _ kernel: UInt64, order: UInt64, meter: inout Meter
  ) -> Bool {
    let words = index(of: order)
    var node = firstLeaf &+ kernel
    while node > 0 {
      meter.step()
      let bit: UInt64 = 1 &<< ((node &- 1) & 63)
      node = (node &- 1) >> 6
      let others = words[Int(truncatingIfNeeded: node)] & ~bit
      words[Int(truncatingIfNeeded: node)] = others
      if others != 0 { return false }
    }
    return true
  }

  /// The word of an order's index above 64 kernels, which there must be more of than one.
  func lowestWord(order: UInt64, _ number: UInt64) -> UInt64 {
    index(of: order)[Int((firstLeaf &- 1) >> 6 &+ number)]
  }
}
