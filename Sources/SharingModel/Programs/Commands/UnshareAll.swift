extension CommandForm {
  static let unshareAll = CommandForm(
    .unshareAll, "unshare-all", "The pool gives back everything and closes, before the guest OS.",
    weight: 1, canFail: true, .unshareAll)
}
