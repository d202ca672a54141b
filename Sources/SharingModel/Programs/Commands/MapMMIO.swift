extension CommandForm {
  static let mapMMIO = CommandForm(
    .mapMMIO, "map-mmio", "The guest maps pages of a device, by their number.", weight: 2,
    canFail: true, .mmioPage, .mmioPages,
    make: { .mapMMIO(page: $0.mmioPage, pages: $0.mmioPages) },
    take: { command, values in
      guard case .mapMMIO(let page, let pages) = command else { return }
      (values.mmioPage, values.mmioPages) = (page, pages)
    })
}
