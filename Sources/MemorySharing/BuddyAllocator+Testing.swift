// What checks may look at: blocks and the index. No production code calls these.

extension BuddyAllocator {
  /// How many layers of summary words the deepest order has, counting its kernel as one.
  package var indexDepth: UInt64 {
    guard window != nil else { return 1 }
    var depth: UInt64 = 0
    for level in 0..<levelCount { depth = max(depth, levels[level].depth) }
    return depth &+ 1
  }

  /// Calls back for every free block, by order, then by address.
  package func forEachFreeBlock(_ body: (PhysicalAddress, _ order: UInt64) -> Void) {
    var orders = ordersWithFree
    while orders != 0 {
      let order = UInt64(orders.trailingZeroBitCount)
      orders &= orders &- 1
      let level = Int(order / 6)
      levels[level].forEachKernel(withFree: order % 6) { number, freeSlots in
        var slots = freeSlots
        while slots != 0 {
          let slotNumber = number << 6 &+ UInt64(slots.trailingZeroBitCount)
          slots &= slots &- 1
          body(PhysicalAddress(slotNumber &<< levels[level].slotShift), order)
        }
      }
    }
  }
}

extension KernelLevel {
  /// Calls back for every kernel with a free block of this order, ascending, with its number and
  /// its free word.
  func forEachKernel(
    withFree order: UInt64, _ body: (_ number: UInt64, _ free: UInt64) -> Void
  ) {
    guard depth > 0 else {
      body(first, kernels[0].free[Int(order)])
      return
    }
    for word in 0..<(count &+ 63) >> 6 {
      var kernelsWithFree = lowestWord(order: order, word)
      while kernelsWithFree != 0 {
        let kernel = word << 6 &+ UInt64(kernelsWithFree.trailingZeroBitCount)
        kernelsWithFree &= kernelsWithFree &- 1
        body(first &+ kernel, kernels[Int(kernel)].free[Int(order)])
      }
    }
  }
}
