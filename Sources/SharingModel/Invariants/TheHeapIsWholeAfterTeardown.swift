import SimulatedHypervisors

extension Invariant {
  static let theHeapIsWholeAfterTeardown = Invariant(
    "the-heap-is-whole-after-teardown",
    "After unshareAll what the heap has handed out is exactly its other users' live blocks "
      + "and the regions kept for quarantine.",
    scope: [.dynamic, .heap]
  ) { model in
    guard model.state == .closed else { return nil }
    for region in model.regions where !model.isKept(region) {
      return "the region \(region) did not go back to the heap"
    }
    return nil
  }
}
