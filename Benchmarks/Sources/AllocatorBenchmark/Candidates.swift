import MemorySharing

/// What a trace is replayed on.
protocol Candidate: ~Copyable {
  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress
  mutating func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError)
}

/// An allocator as it is, without the heap or the pool around it.
struct Alone<Blocks: BlockAllocator & ~Copyable>: Candidate, ~Copyable {
  var blocks: Blocks

  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try blocks.allocate(layout)
  }

  mutating func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try blocks.deallocate(address, layout)
  }
}

/// Allocates nothing: what the replay itself costs.
struct Nothing: Candidate {
  func allocate(_ layout: Layout) -> PhysicalAddress { PhysicalAddress(layout.size) }
  func deallocate(_ address: PhysicalAddress, _ layout: Layout) {}
}

extension Heap: Candidate where Blocks: ~Copyable {}

extension SharedPool: Candidate where Blocks: ~Copyable {
  mutating func allocate(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try allocateShared(layout)
  }

  mutating func deallocate(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try deallocateShared(address, layout)
  }
}
