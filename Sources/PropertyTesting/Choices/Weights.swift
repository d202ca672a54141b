/// How much more often the random source takes one alternative than another.
///
/// Only the random source heeds weights. They never change what a choice means, so they can be
/// drawn afresh for every program (swarm testing) without a recorded case noticing.
public struct Weights: Equatable, Sendable {
  /// How often each alternative is taken, of `parts.reduce(0, +)` draws.
  public let parts: [UInt32]
  @usableFromInline let total: UInt64

  /// Makes weights for as many alternatives as there are parts; their sum must not be 0.
  public init(_ parts: [UInt32]) {
    self.parts = parts
    total = parts.reduce(0) { $0 + UInt64($1) }
    precondition(total > 0, "some alternative must have a weight")
  }

  /// The number of alternatives.
  @inlinable
  public var count: Int { parts.count }

  /// Draws an alternative; one of weight 0 is never drawn.
  @inlinable
  public func draw(_ numbers: inout RandomNumbers) -> UInt64 {
    var rest = numbers.next(below: total)
    var index = 0
    while rest >= UInt64(parts[index]) {
      rest &-= UInt64(parts[index])
      index &+= 1
    }
    return UInt64(index)
  }
}

extension Weights: ExpressibleByArrayLiteral {
  public init(arrayLiteral parts: UInt32...) {
    self.init(parts)
  }
}
