import SimulatedHypervisors

extension Invariant {
  static let freshMemoryIsZero = Invariant(
    "fresh-memory-is-zero", "Whenever a granule becomes shared, it reads as zero.",
    scope: .dynamic, needs: .zeroing, events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event, case .becameShared(let range) = call.effect,
        let (run, origin) = model.memory.firstRun(in: range, where: { $0 != .zero })
      else { return nil }
      return "\(run) held \(origin) when it became shared"
    })
}
