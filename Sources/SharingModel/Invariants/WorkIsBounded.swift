extension Invariant {
  static let workIsBounded = Invariant(
    "work-is-bounded", "No call takes more steps than its bound.", needs: .steps
  ) { model in
    guard let steps = model.observation.steps else { return nil }
    // A kernel and its index path for each level on the way down, and for each order whose index
    // changes; a wrong free looks at every order once.
    let orders = max(model.configuration.poolOrders, model.configuration.heapOrders)
    let bound = (orders + 6) * (model.observation.indexDepth + 3)
    return steps > bound ? "\(steps) steps, and the bound is \(bound)" : nil
  }
}
