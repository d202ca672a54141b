import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let lossesAreReported = Invariant(
    "losses-are-reported",
    "What could not be taken back is counted by the first unshareAll, or abandoned by a drop "
      + "without one, and by nothing else.",
    scope: .dynamic, needs: .reports
  ) { model in
    let lost = model.quarantined.size / model.configuration.granule
    switch model.outcome {
    case .unshared(let report):
      if model.isReported {
        return report.isEmpty ? nil : "a second teardown reported \(report)"
      }
      if report.granulesQuarantined != lost {
        return "the teardown reported \(report.granulesQuarantined) granules lost, and \(lost) are"
      }
      if report.granulesUnshared != UInt64(model.record.granulesUnshared) {
        return """
          the teardown reported \(report.granulesUnshared) granules unshared, and took back \
          \(model.record.granulesUnshared)
          """
      }
      if report.regionsReturned != UInt64(model.record.regionsReturned.count) {
        return """
          the teardown reported \(report.regionsReturned) regions returned, and gave back \
          \(model.record.regionsReturned.count)
          """
      }
      let kept = UInt64(model.regions.count)
      return report.regionsKept == kept
        ? nil : "the teardown reported \(report.regionsKept) regions kept, and \(kept) are"
    case .done where model.isDropped:
      let expected = model.isReported ? 0 : lost
      let abandoned = model.abandoned.size / model.configuration.granule
      return abandoned == expected
        ? nil : "the drop abandoned \(abandoned) granules instead of \(expected)"
    default: return nil
    }
  }
}
