extension Invariant {
  static let allocationSucceedsWhenItCan = Invariant(
    "allocation-succeeds-when-it-can",
    "A request fails only if its order is above the top, or no run of its block size is free "
      + "and the backing has no more to give."
  ) { model in
    guard case .call(let call) = model.action, model.outcome.isError, model.record.faults.isEmpty
    else { return nil }
    if case .heapAllocate(let size, let alignment, _) = call {
      guard let block = model.heap.blockSize(size, alignment),
        model.heap.canServe(block, alignment)
      else { return nil }
      return "\(model.outcome), and the heap has a free run of \(block) bytes"
    }
    guard let block = model.record.poolRequest else { return nil }
    // What a system that pools nothing has shared for one buffer serves no other.
    let poolServesAll = model.backing == .fixed || model.shown.contains(.pooling)
    if model.record.poolCouldServe, poolServesAll {
      return "\(model.outcome), and the pool has a free run of \(block) bytes"
    }
    if model.backing == .fixed || model.record.hypercallFailed || model.record.heapFailed {
      return nil
    }
    if model.record.recordLack != nil, case .failed(.outOfMetadata) = model.outcome { return nil }
    // The region for the refill is the block, in whole granules where granules are shared.
    let granule = model.backing == .dynamic ? model.configuration.granule : 1
    let region = max(block, granule)
    guard model.heapCouldServe(region) else { return nil }
    return "\(model.outcome), and the heap has a free run of \(region) bytes for a refill"
  }
}

extension Model {
  /// Whether the heap had a run of this size when the command began: what it took since counts too.
  fileprivate func heapCouldServe(_ size: UInt64) -> Bool {
    guard let block = heap.blockSize(size, size) else { return false }
    var before = heap
    for region in record.regionsTaken { before.give(heapBlock(region, alignment: 1)) }
    return before.canServe(block, size)
  }
}
