extension Invariant {
  /// A supervisor that runs the command line's work in a child process checks it, and reports a
  /// trap, a hang or runaway memory. What can be seen inside the process is a system that says that
  /// it has halted.
  static let callsReturn = Invariant(
    "calls-return", "No call traps, hangs or exits.", needs: .supervision
  ) { model in
    guard model.outcome.isHalt, !model.mayHalt else { return nil }
    return "the call \(model.outcome)"
  }
}

extension Model {
  /// Whether the system is one that does not survive what the call met.
  fileprivate var mayHalt: Bool {
    if !shown.contains(.survivesBadRequests), !record.faults.isEmpty { return true }
    if !shown.contains(.survivesFailures), record.hypercallFailed { return true }
    return !shown.contains(.survivesExhaustion) && cannotServe
  }

  /// Whether nobody can serve what the call asks for.
  private var cannotServe: Bool {
    if record.layoutRefused != nil || record.recordLack != nil { return true }
    guard case .call(let call) = action else { return false }
    switch call {
    case .allocateShared, .dmaAlloc, .share:
      return backing == .fixed && record.poolRequest != nil && !record.poolCouldServe
    case .heapAllocate(let size, let alignment, _):
      return heap.blockSize(size, alignment).map { !heap.canServe($0, alignment) } ?? true
    case .mapMMIO: return mayBeFullOfRecords
    default: return false
    }
  }
}
