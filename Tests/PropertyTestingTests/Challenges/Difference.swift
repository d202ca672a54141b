import PropertyTesting

// Two numbers, the first at least 10, whose difference is not 0, not small, not 1.

extension Challenge {
  static let differenceNotZero = difference(
    "difference not zero", minimum: "(10, 10)", published: "91.2 Exhaust", wrong: 0...0)
  static let differenceNotSmall = difference(
    "difference not small", minimum: "(10, 6)", published: "85.6 Exhaust", wrong: 1...4)
  static let differenceNotOne = difference(
    "difference not one", minimum: "(10, 9)", published: "97.3 Exhaust", wrong: 1...1)

  private static func difference(
    _ name: String, minimum: String, published: String, wrong: ClosedRange<UInt64>
  ) -> Challenge {
    Challenge(
      name, minima: [minimum], published: published,
      zip(Generator<Int64>.integer, Generator<Int64>.integer)
    ) { first, second in
      let (difference, overflow) = first.subtractingReportingOverflow(second)
      return first < 10 || overflow || !wrong.contains(difference.magnitude)
    }
  }
}
