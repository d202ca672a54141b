extension Invariant {
  static let workIsBounded = Invariant(
    "work-is-bounded", "No call takes more steps than its bound.", needs: .steps
  ) { model in
    guard let steps = model.observation.steps else { return nil }
    // A layer of the index covers 64 times as much as the one below it.
    let window = max(model.configuration.arenaSize, model.configuration.staticRange.size)
    let bits = 64 - (window / model.configuration.minimumBlock).leadingZeroBitCount
    let depth = model.observation.indexDepth
    if depth > UInt64(bits / 6 + 2) {
      return "an index of \(depth) layers for \(window) bytes of memory"
    }
    // A kernel and its index path for each level on the way down, and for each order whose index
    // changes; a wrong free looks at every order once.
    let orders = max(model.configuration.poolOrders, model.configuration.heapOrders)
    let bound = (orders + 6) * (depth + 3)
    return steps > bound ? "\(steps) steps, and the bound is \(bound)" : nil
  }
}
