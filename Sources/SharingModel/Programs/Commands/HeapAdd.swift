extension CommandForm {
  static let heapAdd = CommandForm(
    .heapAdd, "heap-add", "The guest's heap is given one more range, or a wrong one.", weight: 1,
    canFail: false, .addedRange,
    make: { .heapAdd($0.addedRange) },
    take: { command, values in
      guard case .heapAdd(let range) = command else { return }
      values.addedRange = range
    })
}
