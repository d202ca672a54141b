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
    for index in shown.indices.dropFirst() {
      let (block, next) = (shown[index - 1], shown[index])
      guard block.order == next.order else { continue }
      let size = minimum << block.order
      if size < largest, block.address & size == 0, next.address == block.address + size {
        return "\(range(of: block)) and its buddy are both free"
      }
    }
    return nil
  }
}
