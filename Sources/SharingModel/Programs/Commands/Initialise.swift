extension CommandForm {
  static let initialise = CommandForm(
    .initialise, "initialise", "Makes the pool, with the machine's static range or a wrong one.",
    weight: 2, canFail: true, .initialisation,
    make: { .initialise($0.initialisation) },
    take: { command, values in
      guard case .initialise(let initialisation) = command else { return }
      values.initialisation = initialisation
    })
}
