extension Invariant {
  static let goodRequestsAreServed = Invariant(
    "good-requests-are-served",
    "A free, an init or a map inside its contract throws only what a hypercall answered."
  ) { model in
    guard case .call(let call) = model.action, model.record.faults.isEmpty,
      case .failed(let error) = model.outcome
    else { return nil }
    switch call {
    case .allocateShared, .dmaAlloc, .share, .heapAllocate: return nil
    case .initialise, .mapMMIO:
      return model.record.hypercallFailed ? nil : "the call threw \(error)"
    default: return "the call threw \(error)"
    }
  }
}
