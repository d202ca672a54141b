import SimulatedHypervisors

extension Invariant {
  static let nothingIsSharedAfterTeardown = Invariant(
    "nothing-is-shared-after-teardown",
    "After unshareAll the host can reach at most the quarantined granules.", scope: .dynamic
  ) { model in
    guard model.state == .closed else { return nil }
    for range in model.reach.ranges where !model.quarantined.contains(range) {
      return "the host can still reach \(range)"
    }
    return nil
  }
}
