extension CommandForm {
  static let free = CommandForm(
    .free, "free",
    "The guest frees what the slot holds, whatever made it: as allocated, or in a wrong way.",
    weight: 32, isAlwaysDrawn: true, canFail: false, .slotToFree, .freeing,
    make: { .free($0.slot, $0.freeing) },
    take: { command, values in
      guard case .free(let slot, let freeing) = command else { return }
      (values.slot, values.freeing) = (slot, freeing)
    })
}
