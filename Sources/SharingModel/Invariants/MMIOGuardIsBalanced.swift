import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let mmioGuardIsBalanced = Invariant(
    "mmio-guard-is-balanced",
    "No MMIO granule is mapped twice or unmapped while not mapped; after unmap-all none is mapped.",
    events: .hypercalls,
    onEvent: { model, event in
      guard case .hypercall(let call) = event,
        call.known == .mmioGuardMap || call.known == .mmioGuardUnmap
      else { return nil }
      let granule = model.mmioGranule(PhysicalAddress(call.x1))
      if model.mmioUncertain.overlaps(granule) { return nil }
      let isMapped = model.mmio.overlaps(granule)
      switch call.known {
      case .mmioGuardMap where isMapped: return "MAP of \(granule), which was mapped"
      case .mmioGuardUnmap where !isMapped: return "UNMAP of \(granule), which was not mapped"
      default: return nil
      }
    },
    afterCommand: { model in
      if case .call(.mapMMIO(let range)) = model.action, case .done = model.outcome,
        let granules = model.mmioGranules(of: range),
        !model.mmio.contains(granules) || model.mmioUncertain.overlaps(granules)
      {
        return "the call answered done, and MMIO in \(granules) is not all mapped"
      }
      guard case .unmapped = model.outcome else { return nil }
      for range in model.mmio.ranges where !model.mmioUncertain.contains(range) {
        return "MMIO in \(range) is still mapped"
      }
      return nil
    })
}
