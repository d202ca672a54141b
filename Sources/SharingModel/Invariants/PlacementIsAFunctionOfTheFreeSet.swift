import MemorySharing

extension Invariant {
  static let placementIsAFunctionOfTheFreeSet = Invariant(
    "placement-is-a-function-of-the-free-set",
    "Every buffer is the lowest block of the smallest order that had a free one; a first-fit "
      + "heap's lies at the lowest address that is aligned as asked, and better only where none is "
      + "left.",
    needs: .placement
  ) { model in
    guard let made = model.record.made else { return nil }
    if model.record.expectedPlace == made.address.rawValue { return nil }
    guard let expected = model.record.expectedPlace else {
      return "the buffer \(made.bytes) was served from a free set that has no such block"
    }
    return "the buffer lies at \(made.address) instead of \(hex(expected))"
  }
}
