import PropertyTesting

/// Numbers to choose from, the usual ones first; every number of a range is among them.
struct Alternatives: Sendable {
  let values: [UInt64]
  private let weights: Weights

  /// - Parameter weights: how often the random source draws each of the usual ones.
  init(_ usual: [UInt64], weights: Weights, in range: ClosedRange<UInt64>) {
    precondition(weights.count == usual.count, "a weight for each of the usual numbers")
    self.weights = weights
    values = usual + range.filter { !usual.contains($0) }
  }

  /// - Parameter draw: what the random source takes instead; nil for one of the usual ones.
  func choose(
    _ choices: inout Choices, instead draw: (inout RandomNumbers) -> UInt64? = { _ in nil }
  ) -> UInt64 {
    let choice = choices.integer(below: UInt64(values.count)) { numbers in
      draw(&numbers).flatMap(self.choice) ?? UInt64(weights.draw(&numbers))
    }
    return values[Int(choice)]
  }

  func choice(of value: UInt64) -> UInt64? { values.firstIndex(of: value).map(UInt64.init) }
}
