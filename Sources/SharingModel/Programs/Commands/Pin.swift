extension CommandForm {
  static let pin = CommandForm(
    .pin, "pin",
    "The host pins the granule where the slot's buffer begins, so that it cannot be unshared.",
    weight: 2, canFail: false, .slotToUse,
    make: { .pin($0.slot) },
    take: { command, values in
      guard case .pin(let slot) = command else { return }
      values.slot = slot
    })
}
