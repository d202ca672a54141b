import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let failedCallsLeaveNoTrace = Invariant(
    "failed-calls-leave-no-trace",
    "A call that throws leaves live buffers, free sets, regions, host reach and MMIO "
      + "mappings as they were, the quarantine excepted."
  ) { model in
    guard case .failed(let error) = model.outcome, model.record.sawEvent else { return nil }
    let before = model.before
    for region in model.regions
    where !before.regions.contains(region) && !model.isKept(region) {
      return "threw \(error), and left the region \(region)"
    }
    for region in before.regions where !model.regions.contains(region) {
      return "threw \(error), and lost the region \(region)"
    }
    for range in model.reach.ranges
    where !before.reach.contains(range) && !model.quarantined.contains(range) {
      if let lost = range.part(notIn: before.reach, granule: model.configuration.granule),
        !model.quarantined.contains(lost)
      {
        return "threw \(error), and left \(lost) shared"
      }
    }
    for range in before.reach.ranges where !model.reach.contains(range) {
      return "threw \(error), and took from the host what it had before in \(range)"
    }
    // Page by page: one in doubt excuses itself and not its neighbours.
    for range in model.mmio.ranges {
      var address = range.start.rawValue
      while address < range.end.rawValue {
        let page = model.mmioGranule(PhysicalAddress(address))
        if !before.mmio.contains(page), !model.mmioUncertain.contains(page) {
          return "threw \(error), and left MMIO in \(page) mapped"
        }
        address = page.end.rawValue
      }
    }
    for range in before.mmio.ranges where !model.mmio.contains(range) {
      return "threw \(error), and unmapped MMIO in \(range)"
    }
    return nil
  }
}

extension AddressRange {
  /// The first granule of the range that a set does not hold.
  fileprivate func part(notIn set: SortedRanges, granule: UInt64) -> AddressRange? {
    var address = start.rawValue
    while address < end.rawValue {
      let part = AddressRange(uncheckedStart: address, size: min(granule, end.rawValue - address))
      if !set.contains(part) { return part }
      address += part.size
    }
    return nil
  }
}
