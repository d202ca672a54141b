import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let quarantineIsNeverReused = Invariant(
    "quarantine-is-never-reused",
    "A granule that could not be taken back never serves again.",
    scope: .dynamic, events: .heap,
    onEvent: { model, event in
      let range: AddressRange
      switch event {
      case .heapFreed(let freed, _): range = freed
      case .heapAllocated(let taken, _): range = taken
      default: return nil
      }
      let uncertain = model.uncertain.overlaps(range) || model.quarantined.overlaps(range)
      return uncertain ? "the heap got or gave \(range), which holds a quarantined granule" : nil
    },
    afterCommand: { model in
      guard let made = model.record.made, model.quarantined.overlaps(made.bytes) else { return nil }
      return "the new buffer \(made.bytes) lies in a quarantined granule"
    })
}
