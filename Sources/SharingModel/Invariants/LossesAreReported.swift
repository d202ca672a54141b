import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let lossesAreReported = Invariant(
    "losses-are-reported",
    "What could not be taken back is listed from then on, and counted by the first unshareAll or "
      + "abandoned by a drop without one, and by nothing else.",
    scope: .dynamic, needs: .reports
  ) { model in
    if let listed = model.observation.quarantine, listed != model.quarantined {
      return "the granules \(listed.ranges) are listed as lost, and \(model.quarantined.ranges) are"
    }
    for region in model.observation.quarantineRegions
    where !model.regions.contains(region) || !model.quarantined.overlaps(region) {
      return "\(region) is listed as a region that holds lost granules, and is none"
    }
    if model.observation.quarantine != nil {
      for region in model.regions
      where model.quarantined.overlaps(region)
        && !model.observation.quarantineRegions.contains(region)
      {
        return "\(region) holds lost granules, and is not listed"
      }
    }
    switch model.outcome {
    case .unshared(let report):
      let lost = model.isReported ? 0 : model.quarantined.size / model.configuration.granule
      return report.granulesQuarantined == lost
        ? nil : "the teardown reported \(report.granulesQuarantined) granules lost, and \(lost) are"
    case .done where model.isDropped:
      let expected = model.isReported ? SortedRanges() : model.quarantined
      return model.abandoned == expected
        ? nil : "the drop abandoned \(model.abandoned.ranges) instead of \(expected.ranges)"
    default: return nil
    }
  }
}
