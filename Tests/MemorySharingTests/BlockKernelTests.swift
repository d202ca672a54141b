import Testing

@testable import MemorySharing

/// The two proved operations at the arguments that no allocator passes: each is refused with -1 and
/// changes nothing, as the proof says for every argument.
@Suite struct BlockKernelTests {
  private func words(_ kernel: BlockKernel) -> [UInt64] {
    (0..<7).map { kernel.free[$0] } + (0..<7).map { kernel.used[$0] }
      + [kernel.absent, kernel.split]
  }

  private func isRefused(
    _ kernel: BlockKernel, _ call: (UnsafeMutableRawPointer) -> Int64
  ) -> Bool {
    var kernel = kernel
    let before = words(kernel)
    return call(&kernel) == -1 && words(kernel) == before
  }

  /// A kernel whose 64 slots are one free block.
  private var whole: BlockKernel {
    var kernel = BlockKernel()
    kernel.free[6] = 1
    return kernel
  }

  @Test("An order above the top, and a top above the whole kernel, are no orders to allocate")
  func ordersToAllocate() {
    var kernel = BlockKernel()
    kernel.free[3] = 1
    #expect(isRefused(kernel) { sharingKernelAllocate($0, 3, 2) })
    // Where the words of used blocks would be taken for free ones.
    #expect(isRefused(.allAbsent) { sharingKernelAllocate($0, 7, 7) })
    #expect(isRefused(.allAbsent) { sharingKernelAllocate($0, .max, .max) })
  }

  @Test(
    "A kernel with no free block up to the top has none to give",
    arguments: 0...6 as ClosedRange<UInt64>)
  func exhausted(top: UInt64) {
    #expect(isRefused(.allAbsent) { sharingKernelAllocate($0, 0, top) })
    var above = BlockKernel.allAbsent
    if top < 6 { above.free[Int(top) + 1] = 1 }
    #expect(isRefused(above) { sharingKernelAllocate($0, 0, top) })
  }

  @Test("Orders and slots that there are not, and slots that are not used, cannot be freed")
  func refusedFrees() {
    for (slot, order, top) in [
      (0, 1, 0), (0, 7, 7), (0, .max, .max), (64, 0, 6), (65, 0, 6), (.max, 0, 6),
    ] as [(UInt64, UInt64, UInt64)] {
      var kernel = BlockKernel.allAbsent
      kernel.used[1] = 1
      #expect(isRefused(kernel) { sharingKernelDeallocate($0, slot, order, top) })
    }
    #expect(isRefused(whole) { sharingKernelDeallocate($0, 0, 6, 6) })
    #expect(isRefused(whole) { sharingKernelDeallocate($0, 5, 0, 6) })
  }

  @Test("A block that is allocated and freed leaves the kernel as it was")
  func roundTrip() {
    for order in 0...6 as ClosedRange<UInt64> {
      var kernel = whole
      #expect(sharingKernelAllocate(&kernel, order, 6) == 0)
      #expect(kernel.used[Int(order)] == 1)
      #expect(sharingKernelDeallocate(&kernel, 0, order, 6) == 6)
      #expect(words(kernel) == words(whole))
    }
  }
}
