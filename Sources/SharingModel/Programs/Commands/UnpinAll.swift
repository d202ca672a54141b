extension CommandForm {
  static let unpinAll = CommandForm(
    .unpinAll, "unpin-all", "The host unpins all granules.", weight: 1, canFail: false, .unpinAll)
}
