import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let reportsCountWhatWasDone = Invariant(
    "reports-count-what-was-done",
    "A report counts what its call did: granules unshared, regions returned and kept, MMIO "
      + "granules unmapped and still mapped.",
    needs: .reports
  ) { model in
    switch model.outcome {
    case .unshared(let report):
      // What was reported once is not reported again.
      let kept = model.isReported ? 0 : model.regions.count
      // What a dynamic pool has lost `losses-are-reported` counts; others lose nothing.
      if model.backing != .dynamic,
        let evidence = miscount("granules lost", report.granulesQuarantined, 0)
      {
        return evidence
      }
      return miscount("granules unshared", report.granulesUnshared, model.record.granulesUnshared)
        ?? miscount("regions returned", report.regionsReturned, model.record.regionsReturned.count)
        ?? miscount("regions kept", report.regionsKept, kept)
    case .unmapped(let report):
      let stuck = model.mmioStuck.size / model.configuration.mmioGranule
      return miscount("granules unmapped", report.unmapped, Int(model.record.mmioUnmapped))
        ?? miscount("granules still mapped", report.stillMapped, Int(stuck))
    case .skipped, .done, .address, .failed, .refused, .halted: return nil
    }
  }
}

private func miscount(_ what: String, _ reported: UInt64, _ count: Int) -> Evidence? {
  reported == UInt64(count) ? nil : "the report says \(reported) \(what), and \(count) were"
}
