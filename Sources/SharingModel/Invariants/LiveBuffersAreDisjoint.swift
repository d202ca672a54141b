import MemorySharing

extension Invariant {
  static let liveBuffersAreDisjoint = Invariant(
    "live-buffers-are-disjoint", "No byte belongs to two live buffers."
  ) { model in
    // The buffers before were disjoint; only the new one can change that.
    guard let made = model.record.made else { return nil }
    for other in model.live.dropLast() where other.bytes.overlaps(made.bytes) {
      return "the new buffer \(made.bytes) overlaps the live buffer \(other.bytes)"
    }
    // A buffer of the heap may not lie in a region that the sharer holds either.
    if made.isHeap, let region = model.regions.first(where: { $0.overlaps(made.bytes) }) {
      return "the new heap buffer \(made.bytes) overlaps the sharer's region \(region)"
    }
    return nil
  }
}
