extension Invariant {
  static let refillIsSufficient = Invariant(
    "refill-is-sufficient", "After a successful refill the retry succeeds.",
    scope: [.dynamic, .heap]
  ) { model in
    guard model.record.poolRequest != nil, !model.record.hypercallFailed,
      let region = model.record.regionsTaken.last, model.outcome.isError
    else { return nil }
    return "the refill brought \(region), and the call \(model.outcome)"
  }
}
