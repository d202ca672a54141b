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
    case .initialise: return model.record.hypercallFailed ? nil : "the call threw \(error)"
    case .mapMMIO:
      if model.record.hypercallFailed { return nil }
      if case .tooManyRegions = error, model.mayBeFullOfRecords { return nil }
      return "the call threw \(error)"
    default: return "the call threw \(error)"
    }
  }
}

extension Model {
  /// Whether the guard may have no record left: how it keeps what is stuck is its own business.
  var mayBeFullOfRecords: Bool {
    let stuck = mmioStuck.size / configuration.mmioGranule
    return UInt64(mapped.count) + stuck >= configuration.mmioRecords
  }
}
