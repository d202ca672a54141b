// Allocating and freeing: how blocks move inside a kernel and between a kernel and its parent.

extension BuddyAllocator {
  /// `allocate(_:)`, counting its steps.
  package mutating func allocate<Meter: StepMeter>(
    _ layout: Layout, meter: inout Meter
  ) throws(ShareError) -> PhysicalAddress {
    let order = try order(for: layout)
    let candidates = ordersWithFree >> order
    guard candidates != 0 else { throw .exhausted(layout) }
    let source = order &+ UInt64(truncatingIfNeeded: candidates.trailingZeroBitCount)
    let target = Int(truncatingIfNeeded: order / 6)

    var level = Int(truncatingIfNeeded: source / 6)
    var kernel = levels[level].lowestKernel(withFree: source % 6, meter: &meter)
    var highest = source % 6
    while level > target {
      let slot = take(order: 0, from: kernel, level: level, highest: highest, meter: &meter)
      let parent = levels[level]
      parent.kernels[Int(truncatingIfNeeded: kernel)].split |= 1 &<< slot
      level &-= 1
      kernel = (parent.first &+ kernel) << 6 &+ slot &- levels[level].first
      levels[level].kernels[Int(truncatingIfNeeded: kernel)] = .allFree
      highest = 5
    }
    let slot = take(order: order % 6, from: kernel, level: level, highest: highest, meter: &meter)
    let block = (levels[level].first &+ kernel) << 6 &+ slot
    return PhysicalAddress(block &<< (minimumShift &+ 6 &* UInt64(truncatingIfNeeded: level)))
  }

  /// `deallocate(_:_:)`, counting its steps.
  package mutating func deallocate<Meter: StepMeter>(
    _ address: PhysicalAddress, _ layout: Layout, meter: inout Meter
  ) throws(ShareError) {
    let order = BlockOrder(fitting: layout, minimumShift: minimumShift).rawValue
    meter.step()
    guard let place = place(ofUsedBlockAt: address, order: order) else {
      for other in 0...topOrder {
        meter.step()
        if place(ofUsedBlockAt: address, order: other) != nil {
          throw .allocatedWithAnotherLayout(address)
        }
      }
      throw .notAllocated(address)
    }
    release(place, meter: &meter)
  }

  /// Where a block's bit stands: its level, the kernel's index there, its slot and its order.
  struct Place {
    var level: Int
    var kernel: UInt64
    var slot: UInt64
    var order: UInt64
  }

  /// The place of the used block of this order that starts at this address, if there is one.
  ///
  /// Slots that nobody added, and slots that a child has, are no blocks.
  @inline(__always)
  private func place(ofUsedBlockAt address: PhysicalAddress, order: UInt64) -> Place? {
    guard order <= topOrder, window?.contains(address) == true else { return nil }
    let block = address.rawValue >> minimumShift
    guard address.isAligned(to: 1 &<< (minimumShift &+ order)) else { return nil }
    let level = Int(truncatingIfNeeded: order / 6)
    let slotNumber = block >> (6 &* UInt64(truncatingIfNeeded: level))
    let kernel = slotNumber >> 6 &- levels[level].first
    let slot = slotNumber & 63
    let kernelState = levels[level].kernels + Int(truncatingIfNeeded: kernel)
    var used = kernelState.pointee.used[Int(truncatingIfNeeded: order % 6)]
    if order % 6 == 0 { used &= ~(kernelState.pointee.absent | kernelState.pointee.split) }
    guard used & (1 &<< slot) != 0 else { return nil }
    return Place(level: level, kernel: kernel, slot: slot, order: order % 6)
  }

  /// Allocates in one kernel, which has a block, and keeps the index in line.
  @inline(__always)
  private mutating func take<Meter: StepMeter>(
    order: UInt64, from kernel: UInt64, level: Int, highest: UInt64, meter: inout Meter
  ) -> UInt64 {
    meter.step()
    let slot = sharingKernelAllocate(
      levels[level].kernels + Int(truncatingIfNeeded: kernel), order, levels[level].top)
    updateIndex(orders: order...highest, level: level, kernel: kernel, meter: &meter)
    return UInt64(bitPattern: slot)
  }

  /// Frees a used block; a kernel that becomes wholly free goes back to its parent.
  mutating func release<Meter: StepMeter>(_ place: Place, meter: inout Meter) {
    var place = place
    while true {
      meter.step()
      let kernel = levels[place.level].kernels + Int(truncatingIfNeeded: place.kernel)
      let merged = UInt64(
        bitPattern: sharingKernelDeallocate(
          kernel, place.slot, place.order, levels[place.level].top))
      guard merged == BlockKernel.wholeOrder, place.level < levelCount &- 1 else {
        updateIndex(
          orders: place.order...merged, level: place.level, kernel: place.kernel, meter: &meter)
        return
      }
      kernel.pointee.free[6] = 0
      updateIndex(
        orders: place.order...5, level: place.level, kernel: place.kernel, meter: &meter)
      let number = levels[place.level].first &+ place.kernel
      let level = place.level &+ 1
      place = Place(
        level: level, kernel: number >> 6 &- levels[level].first, slot: number & 63, order: 0)
      levels[level].kernels[Int(truncatingIfNeeded: place.kernel)].split &= ~(1 &<< place.slot)
    }
  }

  @inline(__always)
  private mutating func updateIndex<Meter: StepMeter>(
    orders: ClosedRange<UInt64>, level: Int, kernel: UInt64, meter: inout Meter
  ) {
    var order = orders.lowerBound
    while order <= orders.upperBound {
      if let hasFree = levels[level].updateIndex(order: order, kernel: kernel, meter: &meter) {
        let bit: UInt64 = 1 &<< (6 &* UInt64(truncatingIfNeeded: level) &+ order)
        if hasFree { ordersWithFree |= bit } else { ordersWithFree &= ~bit }
      }
      order &+= 1
    }
  }
}
