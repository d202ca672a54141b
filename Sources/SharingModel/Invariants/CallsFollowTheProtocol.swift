extension Invariant {
  static let callsFollowTheProtocol = Invariant(
    "calls-follow-the-protocol",
    "Hypercalls, and what the heap is asked for and given back, are those that the specification "
      + "wants after each answer, each in its place.",
    needs: .callOrder
  ) { model in
    model.protocolCalls.deviation.map { Evidence($0) }
  }
}
