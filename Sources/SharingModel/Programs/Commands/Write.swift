extension CommandForm {
  static let write = CommandForm(
    .write, "write",
    "The guest writes into what the slot holds: a secret into the heap's, else for the host.",
    weight: 6, canFail: false, .slotToUse,
    make: { .write($0.slot) },
    take: { command, values in
      guard case .write(let slot) = command else { return }
      values.slot = slot
    })
}
