/// One level of a buddy allocator: its kernels, and per order an index of those with a free block.
///
/// Level 0 manages minimum blocks, level n blocks of 64^n of them. Kernels are numbered by absolute
/// address, so that ranges that were added apart coalesce; the level holds the run of numbers that
/// the window touches. The index of an order is a tree of words, 64 kernels a word, and so on up to
/// a single word; a set bit says that something below it is free.
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
  /// How many layers of summary words an order has; none when there is one kernel.
  let depth: UInt64
  private let summaryWords: UInt64

  init(first: UInt64, last: UInt64, top: UInt64) {
    self.first = first
    self.count = last &- first &+ 1
    self.top = top
    var words: UInt64 = 0
    var depth: UInt64 = 0
    var width = count
    while width > 1 {
      width = (width &+ 63) >> 6
      words &+= width
      depth &+= 1
    }
    self.summaryWords = words
    self.depth = depth
    // No metadata yet: `place` gives it before anything is looked up.
    self.kernels = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    self.summaries = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
  }

  /// How many orders live here: a block of order 6 is the parent's.
  private var orders: UInt64 { min(top, 5) &+ 1 }

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

  /// The lowest kernel with a free block of this order, which one must have.
  @inline(__always)
  func lowestKernel<Meter: StepMeter>(withFree order: UInt64, meter: inout Meter) -> UInt64 {
    var remaining = depth
    guard remaining > 0 else { return 0 }
    // The root is the last word of the order's tree; layers lie below it, widest first.
    var layerStart = order &* summaryWords &+ summaryWords &- 1
    var node: UInt64 = 0
    while true {
      meter.step()
      let word = summaries[Int(truncatingIfNeeded: layerStart &+ node)]
      node = node << 6 | UInt64(truncatingIfNeeded: word.trailingZeroBitCount)
      remaining &-= 1
      if remaining == 0 { return node }
      layerStart &-= (count &+ (1 &<< (6 &* remaining)) &- 1) >> (6 &* remaining)
    }
  }

  /// Brings the index of one order in line with a kernel's free word.
  ///
  /// - Returns: whether the whole level has a free block of the order, where that may have changed.
  @inline(__always)
  func updateIndex<Meter: StepMeter>(
    order: UInt64, kernel: UInt64, meter: inout Meter
  ) -> Bool? {
    var hasFree = kernels[Int(truncatingIfNeeded: kernel)].free[Int(truncatingIfNeeded: order)] != 0
    var layerStart = order &* summaryWords
    var width = count
    var node = kernel
    while width > 1 {
      meter.step()
      let bit: UInt64 = 1 &<< (node & 63)
      node >>= 6
      let word = summaries + Int(truncatingIfNeeded: layerStart &+ node)
      let old = word.pointee
      guard (old & bit != 0) != hasFree else { return nil }
      word.pointee = old ^ bit
      // A word that already had, or still has, another bit hides the change from those above.
      guard (old == 0) != (old ^ bit == 0) else { return nil }
      hasFree = old == 0
      width = (width &+ 63) >> 6
      layerStart &+= width
    }
    return hasFree
  }

  /// A word of the lowest layer of an order's index.
  func summaryWord(order: UInt64, _ index: UInt64) -> UInt64 {
    summaries[Int(order &* summaryWords &+ index)]
  }
}
