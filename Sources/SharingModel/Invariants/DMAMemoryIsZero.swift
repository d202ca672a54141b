import SimulatedHypervisors

extension Invariant {
  static let dmaMemoryIsZero = Invariant(
    "dma-memory-is-zero",
    "What dmaAlloc returns reads as zero, recycled or not, if the host wrote nothing since.",
    needs: .zeroing
  ) { model in
    guard let made = model.record.made, case .dma = made.kind,
      let (run, origin) = model.memory.firstRun(in: made.bytes, where: { $0 != .zero })
    else { return nil }
    return "\(run) held \(origin)"
  }
}
