extension Invariant {
  static let theHostCannotSteer = Invariant(
    "the-host-cannot-steer",
    "What the guest's calls return does not depend on what the host writes into shared memory.",
    scope: [.dynamic, .fixed], needs: .twin
  ) { model in
    guard let other = model.otherOutcome, other != model.outcome else { return nil }
    return
      "the call answered \(model.outcome), and \(other) where the host had written something else"
  }
}
