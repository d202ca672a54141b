extension CommandForm {
  static let allocate = CommandForm(
    .allocate, "allocate", "The guest takes a buffer from the pool.", weight: 36,
    isAlwaysDrawn: true, canFail: true, .slotToKeep, .size, .alignment,
    make: { .allocate($0.slot, size: $0.size, alignment: $0.alignment) },
    take: { command, values in
      guard case .allocate(let slot, let size, let alignment) = command else { return }
      (values.slot, values.size, values.alignment) = (slot, size, alignment)
    })
}
