import MemorySharing

extension Invariant {
  static let buffersHonourTheirLayout = Invariant(
    "buffers-honour-their-layout", "Every buffer is as large and as aligned as its layout asks."
  ) { model in
    guard let made = model.record.made else { return nil }
    let address = made.address.rawValue
    if address == 0 { return "the buffer lies at address 0" }
    if address % made.alignment != 0 {
      return "the buffer at \(made.address) is not aligned to \(made.alignment) bytes"
    }
    if address.addingReportingOverflow(made.size).overflow {
      return "the buffer at \(made.address) has no room for its \(made.size) bytes"
    }
    guard let home = model.home(of: made) else {
      return "the buffer \(made.bytes) is larger than the memory it lies in"
    }
    // Of pages for DMA both addresses must be told (spec §6).
    if case .dma = made.kind, case .address(_, nil) = model.outcome {
      return "the call does not say where the guest sees the buffer \(made.bytes)"
    }
    if case .address(_, let virtual?) = model.outcome, virtual != model.virtual(made.address) {
      return
        "\(hex(virtual.rawValue)) is not where the guest sees the buffer \(made.bytes) in \(home)"
    }
    return nil
  }
}
