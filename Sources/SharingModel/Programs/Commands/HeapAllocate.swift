extension CommandForm {
  static let heapAllocate = CommandForm(
    .heapAllocate, "heap-allocate", "The guest takes private memory from the heap.", weight: 6,
    canFail: false, .slotToKeep, .size, .alignment, .zeroed,
    make: {
      .heapAllocate($0.slot, size: $0.size, alignment: $0.alignment, zeroed: $0.isZeroed)
    },
    take: { command, values in
      guard case .heapAllocate(let slot, let size, let alignment, let zeroed) = command else {
        return
      }
      (values.slot, values.size, values.alignment) = (slot, size, alignment)
      values.isZeroed = zeroed
    })
}
