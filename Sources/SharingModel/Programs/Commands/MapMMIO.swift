extension CommandForm {
  static let mapMMIO = CommandForm(
    .mapMMIO, "map-mmio",
    "The guest maps pages of a device, by their number, a window of them, or where no device is.",
    weight: 2,
    canFail: true, .mmioPage, .mmioPages, .mmioWindow,
    make: { .mapMMIO(page: $0.mmioPage, pages: $0.mmioPages, $0.mmioWindow) },
    take: { command, values in
      guard case .mapMMIO(let page, let pages, let window) = command else { return }
      values.mmioWindow = window
      (values.mmioPage, values.mmioPages) = (page, pages)
    })
}
