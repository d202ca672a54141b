extension CommandForm {
  static let standingFault = CommandForm(
    .standingFault, "standing-fault",
    "Every hypercall fails in this way from now on, or none does any more.", weight: 1,
    canFail: false, .standingFault,
    make: { .standingFault($0.mode) },
    take: { command, values in
      guard case .standingFault(let mode) = command else { return }
      values.mode = mode
    })
}
