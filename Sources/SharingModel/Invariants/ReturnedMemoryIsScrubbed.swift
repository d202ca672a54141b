import SimulatedHypervisors

extension Invariant {
  static let returnedMemoryIsScrubbed = Invariant(
    "returned-memory-is-scrubbed", "What goes back to the heap holds no byte that the host wrote.",
    scope: .dynamic, events: .heap,
    onEvent: { model, event in
      guard case .heapFreed(let range, _) = event,
        let (run, _) = model.memory.firstRun(in: range, where: { $0.isHost })
      else { return nil }
      return "\(run) went back to the heap as the host wrote it"
    })
}

extension ByteOrigin {
  var isHost: Bool {
    if case .host = self { return true }
    return false
  }
}
