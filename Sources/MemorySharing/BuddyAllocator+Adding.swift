// Adding ranges: as many aligned blocks as it takes, each merged with what is already there.

extension BuddyAllocator {
  public mutating func add(_ range: AddressRange) throws(ShareError) {
    guard let start = range.start.rawValue.roundedUp(to: minimumBlock) else {
      throw .rangeIsEmpty(start: range.start)
    }
    let end = range.end.rawValue.roundedDown(to: minimumBlock)
    guard start < end else { throw .rangeIsEmpty(start: range.start) }
    let aligned = AddressRange(uncheckedStart: start, size: end &- start)
    guard window?.contains(aligned) == true else { throw .rangeIsOutside(range) }

    var free = true
    forEachBlock(in: aligned) { allocator, place in free = free && allocator.isAbsent(place) }
    guard free else { throw .rangeOverlaps(range) }
    forEachBlock(in: aligned) { allocator, place in allocator.insert(place) }
  }

  /// Calls back for the largest aligned blocks that tile a range, in ascending order.
  private mutating func forEachBlock(
    in range: AddressRange, _ body: (inout BuddyAllocator, Place) -> Void
  ) {
    var block = range.start.rawValue >> minimumShift
    let end = range.end.rawValue >> minimumShift
    while block < end {
      let aligned = UInt64(block.trailingZeroBitCount)
      let fitting = UInt64(63 &- (end &- block).leadingZeroBitCount)
      let order = min(aligned, fitting, topOrder)
      let level = Int(order / 6)
      let slotNumber = block >> (6 &* UInt64(level))
      body(
        &self,
        Place(
          level: level, kernel: slotNumber >> 6 &- levels[level].first, slot: slotNumber & 63,
          order: order % 6))
      block &+= 1 &<< order
    }
  }

  /// Whether nobody has added any slot of this block.
  ///
  /// A kernel whose slots are all its parent's holds zeros, so what was added whole is absent
  /// nowhere below.
  private func isAbsent(_ place: Place) -> Bool {
    var level = levelCount - 1
    while level > place.level {
      let above = ancestor(of: place, at: level)
      let kernel = levels[level].kernels + Int(above.kernel)
      if kernel.pointee.absent & (1 &<< above.slot) != 0 { return true }
      level -= 1
    }
    let mask = Self.slots(of: place)
    return levels[level].kernels[Int(place.kernel)].absent & mask == mask
  }

  /// Makes an absent block a used one, opening the kernels above it, and frees it.
  private mutating func insert(_ place: Place) {
    var level = levelCount - 1
    while level > place.level {
      let above = ancestor(of: place, at: level)
      let kernel = levels[level].kernels + Int(above.kernel)
      if kernel.pointee.absent & (1 &<< above.slot) != 0 {
        kernel.pointee.absent &= ~(1 &<< above.slot)
        kernel.pointee.split |= 1 &<< above.slot
        let child = (levels[level].first &+ above.kernel) << 6 &+ above.slot
        levels[level - 1].kernels[Int(child &- levels[level - 1].first)] = .allAbsent
      }
      level -= 1
    }
    let mask = Self.slots(of: place)
    let kernel = levels[place.level].kernels + Int(place.kernel)
    kernel.pointee.absent &= ~mask
    kernel.pointee.used[0] &= ~mask
    kernel.pointee.used[Int(place.order)] |= 1 &<< place.slot
    var meter = NoMeter()
    release(place, meter: &meter)
  }

  /// The slot, at a higher level, in which this block lies.
  private func ancestor(of place: Place, at level: Int) -> Place {
    let slotNumber =
      ((levels[place.level].first &+ place.kernel) << 6 &+ place.slot)
      >> (6 &* UInt64(level - place.level))
    return Place(
      level: level, kernel: slotNumber >> 6 &- levels[level].first, slot: slotNumber & 63, order: 0)
  }

  private static func slots(of place: Place) -> UInt64 {
    // 2^order slots: at most 32 here, since an order-6 block is its parent's.
    ((1 &<< (1 &<< place.order)) &- 1) &<< place.slot
  }
}
