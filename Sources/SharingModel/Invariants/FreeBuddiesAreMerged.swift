extension Invariant {
  static let freeBuddiesAreMerged = Invariant(
    "free-buddies-are-merged", "No two free buddies below the top order exist.",
    needs: .freeBlocks
  ) { model in
    model.firstFault { set, shown in set.unmerged(in: shown) }
  }
}

extension FreeSet {
  /// A pair of free buddies below the largest block, in blocks listed by order and address.
  fileprivate func unmerged(in shown: [Observation.Block]) -> String? {
    for (block, next) in zip(shown, shown.dropFirst()) where block.order == next.order {
      let size = minimum << block.order
      if size < largest, block.address % (size * 2) == 0, next.address == block.address + size {
        return "\(range(of: block)) and its buddy are both free"
      }
    }
    return nil
  }
}
