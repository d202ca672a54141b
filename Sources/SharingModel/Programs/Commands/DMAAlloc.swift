extension CommandForm {
  static let dmaAlloc = CommandForm(
    .dmaAlloc, "dma-alloc", "The virtio HAL takes pages of 4096 bytes for DMA.", weight: 9,
    canFail: true, .slotToKeep, .pages, .direction,
    make: { .dmaAlloc($0.slot, pages: $0.pages, $0.direction) },
    take: { command, values in
      guard case .dmaAlloc(let slot, let pages, let direction) = command else { return }
      (values.slot, values.pages, values.direction) = (slot, pages, direction)
    })
}
