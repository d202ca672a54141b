/// A few values to which the random source comes back again and again in one program.
///
/// Where all values differ by chance, what needs two alike is rare: blocks of one size that merge,
/// keys that collide. As with ``Weights``, only the random source heeds it.
public struct Palette: Equatable, Sendable {
  @usableFromInline let values: [UInt64]

  /// Draws one to `most` values by `draw`, fewer being more likely.
  public init(
    most: UInt64, _ numbers: inout RandomNumbers, drawing draw: (inout RandomNumbers) -> UInt64
  ) {
    precondition(most > 0, "a palette has at least one value")
    let count = 1 + min(numbers.next(below: most), numbers.next(below: most))
    var values: [UInt64] = []
    for _ in 0..<count { values.append(draw(&numbers)) }
    self.values = values
  }

  /// One of the values, each as likely as the others.
  @inlinable
  public func draw(_ numbers: inout RandomNumbers) -> UInt64 {
    values[Int(truncatingIfNeeded: numbers.next(below: UInt64(values.count)))]
  }
}
