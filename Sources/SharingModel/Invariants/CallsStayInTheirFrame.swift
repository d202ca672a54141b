import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let callsStayInTheirFrame = Invariant(
    "calls-stay-in-their-frame",
    "A call writes and copies only the bytes that it is about: the buffer that it makes, ends or "
      + "fills, and the regions that it takes or gives back; a refused request touches none. "
      + "Records may lie in any memory of the pool and its heap."
  ) { model in
    guard case .call(let call) = model.action else { return nil }
    // What is wrong with a bad request that is served, another invariant says.
    if !model.record.faults.isEmpty {
      guard case .failed = model.outcome else { return nil }
    }
    for range in model.record.written where !model.mayWrite(range, in: call) {
      return "the call wrote \(range)"
    }
    for range in model.record.stored where !model.mayStore(range, in: call) {
      return "the call wrote \(range)"
    }
    for range in model.record.read where !model.mayRead(range, in: call) {
      return "the call copied from \(range)"
    }
    return nil
  }
}

extension Model {
  /// Whether a call may zero these bytes, or copy to them.
  fileprivate func mayWrite(_ range: AddressRange, in call: GuestCall) -> Bool {
    guard record.faults.isEmpty else { return false }
    if record.made?.bytes.contains(range) == true { return true }
    if record.freeing?.blockBytes.contains(range) == true { return true }
    switch call {
    case .unshare(_, let buffer, let direction):
      let isDriver = direction != .driverToDevice && driverBytes(buffer)?.contains(range) == true
      return isDriver || mayEnd(range)
    case .unshareAll, .drop:
      return before.regions.contains { $0.contains(range) }
    case .allocateShared, .dmaAlloc, .share:
      return record.regionsTouched.contains { $0.contains(range) }
    case .deallocateShared, .dmaDealloc: return mayEnd(range)
    case .detect, .heapAdd, .heapAllocate, .heapDeallocate, .initialise, .mapMMIO, .unmapAllMMIO:
      return false
    }
  }

  /// Whether a call may write these bytes otherwise; of live buffers another invariant tells.
  fileprivate func mayStore(_ range: AddressRange, in call: GuestCall) -> Bool {
    if mayWrite(range, in: call) { return true }
    if backing == .fixed, configuration.staticRange.contains(range) { return true }
    guard shown.contains(.foreignHeap) else { return configuration.arena.contains(range) }
    var own = SortedRanges()
    for region in regions + before.regions + record.regionsTouched { own.insert(region) }
    return own.contains(range)
  }

  /// Whether these bytes lie in the region of the buffer that the call ends, where the system gives
  /// a buffer's region back with it.
  private func mayEnd(_ range: AddressRange) -> Bool {
    guard !shown.contains(.pooling), let freeing = record.freeing else { return false }
    return before.regions.contains {
      $0.contains(range) && $0.overlaps(freeing.blockBytes)
    }
  }

  /// Whether a call may copy from these bytes.
  fileprivate func mayRead(_ range: AddressRange, in call: GuestCall) -> Bool {
    guard record.faults.isEmpty else { return false }
    switch call {
    case .share(let buffer, _): return driverBytes(buffer)?.contains(range) == true
    case .unshare: return record.freeing?.blockBytes.contains(range) == true
    default: return false
    }
  }

  /// The bytes of a driver's buffer; nil where they leave 64 bits.
  func driverBytes(_ buffer: GuestBuffer) -> AddressRange? {
    try? AddressRange(start: physical(buffer), size: buffer.size)
  }
}
