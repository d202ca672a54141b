extension CommandForm {
  static let unmapAllMMIO = CommandForm(
    .unmapAllMMIO, "unmap-all-mmio", "The guest unmaps all pages of devices.", weight: 1,
    canFail: true, .unmapAllMMIO)
}
