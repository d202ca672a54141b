import MemorySharing

// What a system may be asked for that promises less than the specification.

extension Model {
  /// Whether a system is asked at all: it has the call, and the call is no fault of the caller's by
  /// the contract that the system declares.
  func mayAsk(_ call: GuestCall) -> Bool {
    guard calls.has(call) else { return false }
    if shown.isSuperset(of: Self.promisesOfCalls) { return true }
    if state == .closed, !shown.contains(.closing), call.isOfThePool { return false }
    if let freed = FreedLayout(call) {
      if !shown.contains(.checkedFrees), faults(of: call).contains(.notAllocated) { return false }
      if !shown.contains(.freesByBlock), !isAsAllocated(freed) { return false }
    }
    return true
  }

  private static var promisesOfCalls: Capabilities { [.checkedFrees, .freesByBlock, .closing] }

  /// Whether a block is freed with the layout that it was asked for with; so is what is not live.
  private func isAsAllocated(_ freed: FreedLayout) -> Bool {
    live.filter { $0.address == freed.address && $0.isHeap == freed.isHeap }
      .allSatisfy { $0.size == freed.size && $0.alignment == freed.alignment }
  }
}

extension GuestCall {
  /// Whether a closed pool refuses it.
  fileprivate var isOfThePool: Bool {
    switch self {
    case .initialise, .allocateShared, .deallocateShared, .dmaAlloc, .dmaDealloc, .share, .unshare:
      true
    case .unshareAll: true
    case .detect, .heapAllocate, .heapDeallocate, .heapAdd, .mapMMIO, .unmapAllMMIO, .drop: false
    }
  }
}

/// What a call frees, as it says; nil for a call that frees nothing.
private struct FreedLayout {
  let address: PhysicalAddress
  let size: UInt64
  let alignment: UInt64
  let isHeap: Bool

  init?(_ call: GuestCall) {
    switch call {
    case .deallocateShared(let address, let size, let alignment):
      (self.address, self.size, self.alignment, isHeap) = (address, size, alignment, false)
    case .dmaDealloc(let address, let pages):
      (self.address, size, alignment, isHeap) = (address, pages &* 4096, 4096, false)
    case .unshare(let address, let buffer, _):
      (self.address, size, alignment, isHeap) = (address, buffer.size, 16, false)
    case .heapDeallocate(let address, let size, let alignment):
      (self.address, self.size, self.alignment, isHeap) = (address, size, alignment, true)
    default: return nil
    }
  }
}
