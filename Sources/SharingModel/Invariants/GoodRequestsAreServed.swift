import MemorySharing

extension Invariant {
  static let goodRequestsAreServed = Invariant(
    "good-requests-are-served",
    "A call that serves answers in its kind: an address, a report, or that it is done; a free, an "
      + "init or a map inside its contract throws only what a hypercall answered."
  ) { model in
    guard case .call(let call) = model.action, model.record.faults.isEmpty else { return nil }
    if model.outcome.isHalt { return nil }
    guard model.outcome.isError else {
      return call.isAnswered(by: model.outcome) ? nil : "the call answered \(model.outcome)"
    }
    switch call {
    case .allocateShared, .dmaAlloc, .share, .heapAllocate: return nil
    case .initialise: return model.record.hypercallFailed ? nil : "the call \(model.outcome)"
    case .mapMMIO:
      if model.record.hypercallFailed { return nil }
      if model.mayRefuseToMap { return nil }
      return "the call \(model.outcome)"
    default: return "the call \(model.outcome)"
    }
  }
}

extension Model {
  /// Whether the guard says that it has no record left, or what follows from that, and may.
  fileprivate var mayRefuseToMap: Bool {
    guard shown.contains(.namedErrors) else { return mayBeFullOfRecords }
    switch outcome {
    case .failed(.tooManyRegions): return mayBeFullOfRecords
    case .failed(.alreadyMapped(let address)): return mayPassForStuck(mmioGranule(address))
    default: return false
    }
  }

  /// Whether the guard may have no record left: how it keeps what is stuck is its own business.
  var mayBeFullOfRecords: Bool {
    let stuck = mmioStuck.size / configuration.mmioGranule
    return UInt64(mapped.count) + stuck >= configuration.mmioRecords
  }
}

extension GuestCall {
  /// Whether a good answer to the call is of this kind.
  fileprivate func isAnswered(by outcome: Outcome) -> Bool {
    switch (self, outcome) {
    case (.allocateShared, .address), (.dmaAlloc, .address), (.share, .address),
      (.heapAllocate, .address), (.unshareAll, .unshared), (.unmapAllMMIO, .unmapped):
      true
    case (.allocateShared, _), (.dmaAlloc, _), (.share, _), (.heapAllocate, _), (.unshareAll, _),
      (.unmapAllMMIO, _):
      false
    case (.detect, .done), (.initialise, .done), (.deallocateShared, .done), (.dmaDealloc, .done),
      (.unshare, .done), (.heapDeallocate, .done), (.heapAdd, .done), (.mapMMIO, .done),
      (.drop, .done):
      true
    case (.detect, _), (.initialise, _), (.deallocateShared, _), (.dmaDealloc, _), (.unshare, _),
      (.heapDeallocate, _), (.heapAdd, _), (.mapMMIO, _), (.drop, _):
      false
    }
  }
}
