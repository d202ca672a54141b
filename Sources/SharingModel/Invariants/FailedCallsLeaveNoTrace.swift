import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let failedCallsLeaveNoTrace = Invariant(
    "failed-calls-leave-no-trace",
    "A call that throws leaves live buffers, free sets, regions, host reach and MMIO "
      + "mappings as they were, the quarantine excepted."
  ) { model in
    guard model.outcome.isError, model.record.sawEvent else { return nil }
    let before = model.before
    for region in model.regions
    where !before.regions.contains(region) && !model.isKept(region) {
      return "\(model.outcome), and left the region \(region)"
    }
    for region in before.regions where !model.regions.contains(region) {
      return "\(model.outcome), and lost the region \(region)"
    }
    for range in model.reach.ranges
    where !before.reach.contains(range) && !model.quarantined.contains(range) {
      if let left = range.granule(
        of: model.configuration.granule, inNeither: before.reach, nor: model.quarantined)
      {
        return "\(model.outcome), and left \(left) shared"
      }
    }
    for range in before.reach.ranges where !model.reach.contains(range) {
      return "\(model.outcome), and took from the host what it had before in \(range)"
    }
    // Page by page: one in doubt excuses itself and not its neighbours.
    for range in model.mmio.ranges {
      var address = range.start.rawValue
      while address < range.end.rawValue {
        let page = model.mmioGranule(PhysicalAddress(address))
        if !before.mmio.contains(page), !model.mmioUncertain.contains(page) {
          return "\(model.outcome), and left MMIO in \(page) mapped"
        }
        address = page.end.rawValue
      }
    }
    for range in before.mmio.ranges where !model.mmio.contains(range) {
      return "\(model.outcome), and unmapped MMIO in \(range)"
    }
    return nil
  }
}

extension AddressRange {
  /// The first granule of the range that neither set holds: one that is lost excuses itself and not
  /// those after it.
  fileprivate func granule(
    of size: UInt64, inNeither set: SortedRanges, nor other: SortedRanges
  ) -> AddressRange? {
    var address = start.rawValue
    while address < end.rawValue {
      let part = AddressRange(uncheckedStart: address, size: min(size, end.rawValue - address))
      if !set.contains(part), !other.contains(part) { return part }
      address += part.size
    }
    return nil
  }
}
