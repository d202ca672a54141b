import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let regionsGoBackAsTheyCame = Invariant(
    "regions-go-back-as-they-came",
    "What the sharer gives back to the heap is a region as it was taken: start, size and "
      + "alignment.",
    scope: [.dynamic, .heap], events: .heap,
    onEvent: { model, event in
      guard case .heapFreed(let range, let alignment) = event else { return nil }
      guard let index = model.regions.firstIndex(of: range) else {
        return "\(range) went back to the heap, and is no region of the sharer's"
      }
      let asked = model.regionAlignments[index]
      return alignment == asked
        ? nil : "\(range) went back aligned to \(alignment), and was asked for aligned to \(asked)"
    })
}
