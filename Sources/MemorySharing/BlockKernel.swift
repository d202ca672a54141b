/// Sixty-four slots, and the buddy system's two operations on them: the part that is proved.
///
/// A block of order k is 2^k slots, aligned to its size, and is named by its first slot. Each order
/// has a word of free blocks and a word of used ones; slot i is bit i. Everything larger is a
/// composition of kernels (`BuddyAllocator`), so what is proved of one holds for all.
///
/// Invariant: every slot belongs to exactly one block, free or used, and no two free buddies below
/// the top order exist. A kernel whose slots all belong to its parent holds only zeros.
///
/// The operations index their words unchecked: each guards its arguments first, and from there no
/// order leaves 0...6. The proof covers every argument, so a check could only cost.
package struct BlockKernel {
  /// The largest order: all 64 slots.
  package static var wholeOrder: UInt64 { 6 }

  package var free = InlineArray<7, UInt64>(repeating: 0)
  package var used = InlineArray<7, UInt64>(repeating: 0)
  /// Slots that nobody added: used blocks of order 0 as far as the two operations know.
  package var absent: UInt64 = 0
  /// Slots that were handed to a child kernel: used blocks of order 0, too.
  package var split: UInt64 = 0

  /// A kernel whose slots all belong to its parent.
  package init() {}

  /// A kernel none of whose slots was added.
  package static var allAbsent: BlockKernel {
    var kernel = BlockKernel()
    kernel.used[0] = .max
    kernel.absent = .max
    return kernel
  }

  /// Takes the lowest free block of the smallest order that has one, and splits it down to `order`,
  /// keeping the lower half each time.
  ///
  /// - Returns: its first slot; nil when no free block from `order` to `top` exists.
  @inline(__always)
  mutating func allocate(order: UInt64, top: UInt64) -> UInt64? {
    guard order <= top, top <= Self.wholeOrder else { return nil }
    var k = Int(truncatingIfNeeded: order)
    while free[unchecked: k] == 0 {
      k &+= 1
      if k > Int(truncatingIfNeeded: top) { return nil }
    }
    let slot = UInt64(truncatingIfNeeded: free[unchecked: k].trailingZeroBitCount)
    free[unchecked: k] &= free[unchecked: k] &- 1
    while k > Int(truncatingIfNeeded: order) {
      k &-= 1
      free[unchecked: k] |= 1 &<< (slot &+ (1 &<< UInt64(truncatingIfNeeded: k)))
    }
    used[unchecked: k] |= 1 &<< slot
    return slot
  }

  /// Frees a used block and merges it with its free buddies, up to `top` and no further.
  ///
  /// - Returns: the order of the block it became; nil, with nothing changed, when no used block of
  ///   this order starts at this slot.
  @inline(__always)
  mutating func deallocate(slot: UInt64, order: UInt64, top: UInt64) -> UInt64? {
    guard order <= top, top <= Self.wholeOrder, slot < 64 else { return nil }
    var k = Int(truncatingIfNeeded: order)
    guard used[unchecked: k] & (1 &<< slot) != 0 else { return nil }
    used[unchecked: k] &= ~(1 &<< slot)
    var block = slot
    while k < Int(truncatingIfNeeded: top) {
      let size: UInt64 = 1 &<< UInt64(truncatingIfNeeded: k)
      let buddy: UInt64 = 1 &<< (block ^ size)
      if free[unchecked: k] & buddy == 0 { break }
      free[unchecked: k] &= ~buddy
      block &= ~size
      k &+= 1
    }
    free[unchecked: k] |= 1 &<< block
    return UInt64(truncatingIfNeeded: k)
  }
}

// The symbols whose machine code is proved. Production calls them too, so the bytes that are proved
// are the bytes that run.

/// `BlockKernel.allocate` on the kernel at this address; -1 for none.
@c(sharing_kernel_allocate)
@inline(never)
public func sharingKernelAllocate(
  _ kernel: UnsafeMutableRawPointer, _ order: UInt64, _ top: UInt64
) -> Int64 {
  let slot = kernel.assumingMemoryBound(to: BlockKernel.self).pointee
    .allocate(order: order, top: top)
  guard let slot else { return -1 }
  return Int64(bitPattern: slot)
}

/// `BlockKernel.deallocate` on the kernel at this address; -1 for a refusal.
@c(sharing_kernel_deallocate)
@inline(never)
public func sharingKernelDeallocate(
  _ kernel: UnsafeMutableRawPointer, _ slot: UInt64, _ order: UInt64, _ top: UInt64
) -> Int64 {
  let merged = kernel.assumingMemoryBound(to: BlockKernel.self).pointee
    .deallocate(slot: slot, order: order, top: top)
  guard let merged else { return -1 }
  return Int64(bitPattern: merged)
}
