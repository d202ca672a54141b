extension Generator where Value: FixedWidthInteger & Sendable {
  /// Any number of the type: ``integer(in:unit:)`` of all.
  public static var integer: Generator { integer(in: Value.min...Value.max) }

  /// A number of a range that likes to stand on an edge, the one nearest to 0 being the simplest.
  ///
  /// At random most are powers of two and multiples of `unit`, as they are, one less or one more:
  /// see ``RandomNumbers/edgeBiased(upTo:unit:)``. Numbers have 64 bits at most.
  public static func integer(in range: ClosedRange<Value>, unit: UInt64 = 1) -> Generator {
    precondition(unit > 0, "a unit is at least 1")
    return number(in: range) { $0.edgeBiased(upTo: $1, unit: unit) }
  }

  /// A number of a range, each as likely as the others.
  public static func uniform(in range: ClosedRange<Value>) -> Generator {
    precondition(Value.bitWidth <= 64, "numbers have 64 bits at most")
    if let signed = Int64(exactly: range.lowerBound).flatMap({ low in
      Int64(exactly: range.upperBound).map { low...$0 }
    }) {
      let count = UInt64(bitPattern: signed.upperBound &- signed.lowerBound) &+ 1
      return Generator { choices in
        Value(
          truncatingIfNeeded: choices.signed(in: signed) { numbers in
            signed.lowerBound &+ Int64(bitPattern: numbers.next(below: count))
          })
      }
    }
    return number(in: range) { $0.next(below: $1 &+ 1) }
  }

  /// A number of a range by its distance from the simplest, drawn up to what its sign allows.
  private static func number(
    in range: ClosedRange<Value>,
    drawing draw: @escaping @Sendable (inout RandomNumbers, UInt64) -> UInt64
  ) -> Generator {
    precondition(Value.bitWidth <= 64, "numbers have 64 bits at most")
    guard let low = Int64(exactly: range.lowerBound), let high = Int64(exactly: range.upperBound)
    else {
      let low = UInt64(truncatingIfNeeded: max(range.lowerBound, 0))
      let most = UInt64(truncatingIfNeeded: range.upperBound) &- low
      return Generator { choices in
        Value(truncatingIfNeeded: low &+ choices.integer(below: most &+ 1) { draw(&$0, most) })
      }
    }
    return Generator { choices in
      Value(
        truncatingIfNeeded: choices.signed(in: low...high) { numbers in
          if low > 0 {
            return low &+ Int64(bitPattern: draw(&numbers, UInt64(bitPattern: high &- low)))
          }
          if high < 0 {
            return high &- Int64(bitPattern: draw(&numbers, UInt64(bitPattern: high &- low)))
          }
          let isNegative = low < 0 && (high == 0 || numbers.chance(1, outOf: 2))
          let magnitude = draw(&numbers, isNegative ? low.magnitude : high.magnitude)
          return isNegative
            ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(truncatingIfNeeded: magnitude)
        })
    }
  }
}

extension Generator where Value == Bool {
  /// False, or true in `n` of `total` cases.
  public static func bool(_ n: UInt64 = 1, outOf total: UInt64 = 2) -> Generator {
    Generator { $0.flag(n, outOf: total) }
  }
}
