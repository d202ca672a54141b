extension Invariant {
  static let nothingIsServedAfterTeardown = Invariant(
    "nothing-is-served-after-teardown",
    "After unshareAll every allocation, deallocation, HAL call and init throws.",
    needs: .closing
  ) { model in
    guard model.record.faults.contains(.closed) else { return nil }
    if model.outcome.isError || model.outcome.isHalt { return nil }
    return "the call answered \(model.outcome) after the teardown"
  }
}
