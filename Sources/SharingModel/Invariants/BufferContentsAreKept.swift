import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let bufferContentsAreKept = Invariant(
    "buffer-contents-are-kept", "Nobody but the host and the owner changes a live buffer.",
    events: .memory,
    onEvent: { model, event in
      let written: AddressRange
      switch event {
      case .memoryZeroed(let range), .memoryCopied(_, let range), .memoryStored(let range, _):
        written = range
      default: return nil
      }
      guard
        let buffer = model.live.first(where: {
          $0.bytes.overlaps(written) && $0 != model.record.freeing
        })
      else { return nil }
      return "the core wrote \(written), and the buffer \(buffer.bytes) was live"
    })
}
