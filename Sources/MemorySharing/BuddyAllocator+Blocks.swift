// Allocating and freeing: how blocks move inside a kernel and between a kernel and its parent.
//
// Levels are pointed to unchecked: they come from orders that were held against the top order.

extension BuddyAllocator {
  /// `allocate(_:)`, counting its steps.
  @inline(__always)
  package mutating func allocate<Meter: StepMeter>(
    _ layout: Layout, meter: inout Meter
  ) throws(ShareError) -> PhysicalAddress {
    let order = BlockOrder(fitting: layout, minimumShift: minimumShift).rawValue
    guard order <= topOrder else { throw tooLarge(layout, order: order) }
    let candidates = ordersWithFree &>> order
    guard candidates != 0 else { throw .exhausted(layout) }
    let source = order &+ UInt64(truncatingIfNeeded: candidates.trailingZeroBitCount)

    var level = Int(truncatingIfNeeded: source / 6)
    var base = 6 &* UInt64(truncatingIfNeeded: level)
    var highest = source &- base
    var kernel = levels[level].lowestKernel(withFree: highest, meter: &meter)
    if order < base {
      kernel = descend(
        to: order / 6, from: kernel, level: level, highest: highest, meter: &meter)
      level = Int(truncatingIfNeeded: order / 6)
      base = 6 &* UInt64(truncatingIfNeeded: level)
      highest = BlockKernel.wholeOrder
    }
    let slot = take(
      order: order &- base, from: kernel, level: level, highest: highest, meter: &meter)
    return levels[level].address(of: slot, in: kernel)
  }

  /// Opens a kernel at each level on the way down to the one that an order lives at.
  ///
  /// Few calls come here, so it stays out of the way of the others.
  ///
  /// - Returns: the last kernel that was opened.
  @inline(never)
  private mutating func descend<Meter: StepMeter>(
    to target: UInt64, from kernel: UInt64, level: Int, highest: UInt64, meter: inout Meter
  ) -> UInt64 {
    var (kernel, level, highest) = (kernel, level, highest)
    while level > Int(truncatingIfNeeded: target) {
      let slot = take(order: 0, from: kernel, level: level, highest: highest, meter: &meter)
      kernel = open(slot, of: kernel, level: level)
      level &-= 1
      highest = BlockKernel.wholeOrder
    }
    return kernel
  }

  /// Hands a used slot of order 0 to the child kernel that stands for it.
  ///
  /// - Returns: the child's index at the level below.
  @inline(__always)
  private func open(_ slot: UInt64, of kernel: UInt64, level: Int) -> UInt64 {
    levels[level].state(of: kernel).pointee.split |= 1 &<< slot
    let number = (levels[level].first &+ kernel) << 6 &+ slot
    let child = number &- levels[level &- 1].first
    // The child held only zeros.
    levels[level &- 1].state(of: child).pointee.free[6] = 1
    return child
  }

  /// `deallocate(_:_:)`, counting its steps.
  @inline(__always)
  package mutating func deallocate<Meter: StepMeter>(
    _ address: PhysicalAddress, _ layout: Layout, meter: inout Meter
  ) throws(ShareError) {
    release(try usedPlace(at: address, layout, meter: &meter), meter: &meter)
  }

  /// The place of the used block that was allocated here with this layout.
  ///
  /// - Throws: `notAllocated`, `allocatedWithAnotherLayout`.
  @inline(__always)
  func usedPlace<Meter: StepMeter>(
    at address: PhysicalAddress, _ layout: Layout, meter: inout Meter
  ) throws(ShareError) -> Place {
    let order = BlockOrder(fitting: layout, minimumShift: minimumShift).rawValue
    meter.step()
    guard let place = place(ofUsedBlockAt: address, order: order) else {
      throw refusal(toFree: address, meter: &meter)
    }
    return place
  }

  /// Why there is no used block of the wanted order at this address.
  @inline(never)
  private func refusal<Meter: StepMeter>(
    toFree address: PhysicalAddress, meter: inout Meter
  ) -> ShareError {
    var other: UInt64 = 0
    while other <= topOrder {
      meter.step()
      if place(ofUsedBlockAt: address, order: other) != nil {
        return .allocatedWithAnotherLayout(address)
      }
      other &+= 1
    }
    return .notAllocated(address)
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
    guard address.isAligned(to: 1 &<< (minimumShift &+ order)) else { return nil }
    let level = Int(truncatingIfNeeded: order / 6)
    let slotNumber = address.rawValue &>> levels[level].slotShift
    let kernel = slotNumber >> 6 &- levels[level].first
    let slot = slotNumber & 63
    let state = levels[level].state(of: kernel)
    var used = state.pointee.used[unchecked: Int(truncatingIfNeeded: order % 6)]
    if order % 6 == 0 { used &= ~(state.pointee.absent | state.pointee.split) }
    guard used & (1 &<< slot) != 0 else { return nil }
    return Place(level: level, kernel: kernel, slot: slot, order: order % 6)
  }

  /// Allocates in one kernel, and keeps the index in line.
  ///
  /// - Parameter highest: the lowest order, from `order` on, of which the kernel has a free block.
  @inline(__always)
  private mutating func take<Meter: StepMeter>(
    order: UInt64, from kernel: UInt64, level: Int, highest: UInt64, meter: inout Meter
  ) -> UInt64 {
    meter.step()
    let state = levels[level].state(of: kernel)
    let slot = sharingKernelAllocate(state, order, levels[level].top)
    // Splitting left the first free block of every order on the way.
    var split = order
    while split < highest {
      enter(kernel, level: level, order: split, meter: &meter)
      split &+= 1
    }
    // A whole kernel is no free block of this level.
    if highest < BlockKernel.wholeOrder {
      strikeIfNoneFree(kernel, level: level, order: highest, meter: &meter)
    }
    return UInt64(bitPattern: slot)
  }

  /// Frees a used block; a kernel that becomes wholly free goes back to its parent.
  @inline(__always)
  mutating func release<Meter: StepMeter>(_ place: Place, meter: inout Meter) {
    meter.step()
    let (level, kernel) = (place.level, place.kernel)
    let state = levels[level].state(of: kernel)
    let merged = UInt64(
      bitPattern: sharingKernelDeallocate(
        state, place.slot, place.order, levels[level].top))
    // Every order on the way lost a buddy.
    var order = place.order
    while order < merged {
      strikeIfNoneFree(kernel, level: level, order: order, meter: &meter)
      order &+= 1
    }
    if merged == BlockKernel.wholeOrder {
      state.pointee.free[6] = 0
      ascend(from: kernel, level: level, meter: &meter)
    } else if state.pointee.free[unchecked: Int(truncatingIfNeeded: merged)].isPowerOfTwo {
      enter(kernel, level: level, order: merged, meter: &meter)
    }
  }

  /// Frees, at the level above, the block that a wholly free kernel is; from there it may go on.
  ///
  /// Few calls come here, so it stays out of the way of the others.
  @inline(never)
  private mutating func ascend<Meter: StepMeter>(
    from kernel: UInt64, level: Int, meter: inout Meter
  ) {
    release(close(kernel, level: level), meter: &meter)
  }

  /// Takes back the slot that a kernel, wholly free, stands for: a used block of its parent again.
  @inline(__always)
  private func close(_ kernel: UInt64, level: Int) -> Place {
    let number = levels[level].first &+ kernel
    let parent = number >> 6 &- levels[level &+ 1].first
    levels[level &+ 1].state(of: parent).pointee.split &= ~(1 &<< (number & 63))
    return Place(level: level &+ 1, kernel: parent, slot: number & 63, order: 0)
  }

  @inline(__always)
  private mutating func enter<Meter: StepMeter>(
    _ kernel: UInt64, level: Int, order: UInt64, meter: inout Meter
  ) {
    levels[level].enter(kernel, order: order, meter: &meter)
    ordersWithFree |= 1 &<< (6 &* UInt64(truncatingIfNeeded: level) &+ order)
  }

  @inline(__always)
  private mutating func strikeIfNoneFree<Meter: StepMeter>(
    _ kernel: UInt64, level: Int, order: UInt64, meter: inout Meter
  ) {
    let state = levels[level].state(of: kernel)
    guard state.pointee.free[unchecked: Int(truncatingIfNeeded: order)] == 0 else { return }
    if levels[level].strike(kernel, order: order, meter: &meter) {
      ordersWithFree &= ~(1 &<< (6 &* UInt64(truncatingIfNeeded: level) &+ order))
    }
  }
}
