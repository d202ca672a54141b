import SimulatedHypervisors

extension Invariant {
  static let zeroedMemoryIsZero = Invariant(
    "zeroed-memory-is-zero", "What the heap hands out zeroed reads as zero, recycled or not.",
    needs: .zeroing
  ) { model in
    guard case .call(.heapAllocate(_, _, zeroed: true)) = model.action,
      let made = model.record.made,
      let (run, origin) = model.memory.firstRun(in: made.bytes, where: { $0 != .zero })
    else { return nil }
    return "\(run) held \(origin)"
  }
}
