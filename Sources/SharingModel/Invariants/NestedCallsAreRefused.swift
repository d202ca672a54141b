extension Invariant {
  static let nestedCallsAreRefused = Invariant(
    "nested-calls-are-refused",
    "A call that the guest makes in the middle of another is refused as busy, and reaches no port.",
    needs: .turnstile
  ) { model in
    for nested in model.record.nested {
      if nested.outcome != .failed(.busy) {
        return "the call in the middle answered \(nested.outcome)"
      }
      if nested.events > 0 {
        return "the call in the middle was refused, and had \(nested.events) events at ports"
      }
    }
    return nil
  }
}
