import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let framesAreConserved = Invariant(
    "frames-are-conserved",
    "In each allocator live and free blocks partition what was added; in the heap the "
      + "sharer's regions count as live.",
    needs: .freeBlocks
  ) { model in
    model.firstFault { set, shown in set.difference(from: shown) }
  }
}

extension FreeSet {
  /// How the free blocks that an allocator shows differ from the free bytes of the model.
  fileprivate func difference(from shown: [Observation.Block]) -> String? {
    var bytes: UInt64 = 0
    var places: UInt64 = 0
    // The free bytes in which the last block lay: mostly the next one lies there, too.
    var run: AddressRange?
    for index in shown.indices {
      let block = range(of: shown[index])
      if run?.contains(block) != true { run = free.range(containing: block) }
      if run == nil { return "\(block) is listed as free and is not" }
      if index > 0, shown[index] == shown[index - 1] { return "\(block) is listed as free twice" }
      bytes += block.size
      places &+= block.sumOfAddresses
    }
    let expected = free.size
    if bytes < expected { return "\(expected - bytes) free bytes are in no free block" }
    if bytes > expected { return "\(bytes - expected) bytes are free in two blocks" }
    // As many bytes, and some of them twice: then others are in no block.
    let expectedPlaces = free.ranges.reduce(0) { $0 &+ $1.sumOfAddresses }
    return places == expectedPlaces ? nil : "free blocks lie over one another"
  }

  /// The bytes of a block that an allocator shows.
  func range(of block: Observation.Block) -> AddressRange {
    AddressRange(uncheckedStart: block.address, size: minimum << block.order)
  }
}

extension AddressRange {
  /// The addresses of all bytes, added up as far as 64 bits go.
  fileprivate var sumOfAddresses: UInt64 {
    let pairs = size % 2 == 0 ? (size / 2) &* (size &- 1) : size &* ((size &- 1) / 2)
    return size &* start.rawValue &+ pairs
  }
}

extension Model {
  /// What is wrong with the free blocks that the pool shows, or else with those of the heap.
  @inline(__always)
  func firstFault(_ find: (FreeSet, [Observation.Block]) -> String?) -> Evidence? {
    if state == .open, let shown = observation.poolFree, let fault = find(pool, shown) {
      return Evidence("pool: " + fault)
    }
    if let shown = observation.heapFree, let fault = find(heap, shown) {
      return Evidence("heap: " + fault)
    }
    return nil
  }
}
