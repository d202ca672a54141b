extension Generator {
  /// Arrays of these values; shrinking deletes, sorts and joins what they contain.
  ///
  /// Each element comes with the choice that there is one, so that it can be deleted alone. At
  /// random half of the arrays have at most four elements more than the least, the others any
  /// number.
  public func array(count range: ClosedRange<Int> = 0...32) -> Generator<[Value]> {
    precondition(range.lowerBound >= 0, "a count is not negative")
    return Generator<[Value]> { choices throws(Discard) in
      let planned = choices.bias(otherwise: 0) { range.drawCount(&$0) }
      return try choices.span(.group) { choices throws(Discard) in
        var values: [Value] = []
        while let value = try choices.span(
          .element, orIfNil: .group,
          { choices throws(Discard) in
            choices.hasElement(values.count, of: range, planned: planned)
              ? try choose(&choices) : nil
          })
        {
          values.append(value)
        }
        return values
      }
    }
  }
}

extension Choices {
  /// Whether an array has one more element; no choice where its range leaves none.
  fileprivate mutating func hasElement(
    _ index: Int, of range: ClosedRange<Int>, planned: Int
  ) -> Bool {
    if index < range.lowerBound || index == range.upperBound {
      // A choice all the same, so that every element has the same shape.
      _ = integer(below: 1, role: .shape)
      return index < range.lowerBound
    }
    return integer(below: 2, role: .shape) { _ in index < planned ? 1 : 0 } == 1
  }
}

extension ClosedRange<Int> {
  fileprivate func drawCount(_ numbers: inout RandomNumbers) -> Int {
    let most = UInt64(upperBound - lowerBound)
    let isFew = numbers.chance(1, outOf: 2)
    return lowerBound + Int(numbers.next(below: (isFew ? Swift.min(most, 4) : most) + 1))
  }
}
