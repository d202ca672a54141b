extension CommandForm {
  static let scribble = CommandForm(
    .scribble, "scribble", "The host writes into everything that it can reach.", weight: 5,
    canFail: false, .scribble)
}
