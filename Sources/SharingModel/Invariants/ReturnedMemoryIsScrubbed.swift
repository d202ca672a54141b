import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let returnedMemoryIsScrubbed = Invariant(
    "returned-memory-is-scrubbed",
    "What goes back to the heap holds no byte that the host wrote, nor does a region that is kept, "
      + "its lost granules excepted.",
    scope: .dynamic, needs: .zeroing, events: .heap,
    onEvent: { model, event in
      guard case .heapFreed(let range, _) = event,
        let (run, _) = model.memory.firstRun(in: range, where: { $0.isHost })
      else { return nil }
      return "\(run) went back to the heap as the host wrote it"
    },
    afterCommand: { model in
      guard !model.quarantined.isEmpty || !model.refused.isEmpty else { return nil }
      // A region is kept by the call that took it, or by the teardown.
      let ended = model.isTearingDown ? model.regions : model.record.regionsTaken
      for region in ended where model.isKept(region) {
        if let run = model.hostBytes(ofKept: region) {
          return "\(run) of the kept region \(region) is as the host wrote it"
        }
      }
      return nil
    })
}

extension Model {
  fileprivate var isTearingDown: Bool { action == .call(.unshareAll) || action == .call(.drop) }

  /// Bytes of the host's in a granule of the region that is not lost.
  fileprivate func hostBytes(ofKept region: AddressRange) -> AddressRange? {
    var address = region.start.rawValue
    while address < region.end.rawValue {
      let part = AddressRange(uncheckedStart: address, size: configuration.granule)
      if !quarantined.overlaps(part),
        let (run, _) = memory.firstRun(in: part, where: { $0.isHost })
      {
        return run
      }
      address += configuration.granule
    }
    return nil
  }
}

extension ByteOrigin {
  var isHost: Bool {
    if case .host = self { return true }
    return false
  }
}
