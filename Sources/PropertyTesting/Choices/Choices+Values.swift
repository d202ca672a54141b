extension Choices {
  /// A number in `0..<bound` (0: all of `UInt64`), uniform at random.
  ///
  /// Takes 1, 2, 4 or 8 bytes, as many as the bound needs.
  @inlinable
  public mutating func integer(below bound: UInt64, role: Role = .plain) -> UInt64 {
    choose(below: bound, as: .integer, role: role) { $0.next(below: bound) }
  }

  /// A number in `0..<bound` that the random source draws by `draw`, which must keep to the bound.
  @inlinable
  public mutating func integer(
    below bound: UInt64, role: Role = .plain, drawing draw: (inout RandomNumbers) -> UInt64
  ) -> UInt64 {
    choose(below: bound, as: .integer, role: role) { numbers in
      let value = draw(&numbers)
      precondition(bound == 0 || value < bound, "drawn beyond the bound")
      return value
    }
  }

  /// One of as many alternatives as there are weights; put the simplest first.
  @inlinable
  public mutating func index(weights: Weights, role: Role = .plain) -> Int {
    let bound = UInt64(truncatingIfNeeded: weights.count)
    return Int(
      truncatingIfNeeded: choose(below: bound, as: .integer, role: role) { weights.draw(&$0) })
  }

  /// Any `UInt64`, a size or an offset say, that the random source draws by `draw`.
  ///
  /// Takes 4 bytes, which hold every number below 2²⁴ and every number of 24 significant bits or
  /// a neighbour of one: ``Magnitude`` says how. A recorded case holds any number.
  @inlinable
  public mutating func magnitude(
    role: Role = .plain, drawing draw: (inout RandomNumbers) -> UInt64
  ) -> UInt64 {
    choose(below: 0, as: .magnitude, role: role, drawing: draw)
  }

  /// A number of `count` bits, uniform at random.
  @inlinable
  public mutating func bits(_ count: Int, role: Role = .plain) -> UInt64 {
    precondition(count > 0 && count <= 64, "1 to 64 bits")
    return integer(below: count == 64 ? 0 : 1 &<< UInt64(truncatingIfNeeded: count), role: role)
  }

  /// Yes or no; the random source says yes in `n` of `total` cases.
  @inlinable
  public mutating func flag(_ n: UInt64 = 1, outOf total: UInt64 = 2) -> Bool {
    choose(below: 2, as: .integer, role: .plain) { $0.chance(n, outOf: total) ? 1 : 0 } == 1
  }

  /// Something that steers what is drawn later and is no choice itself, such as swarm weights.
  ///
  /// Only a source that draws at random draws it; the others get `standard`. It must not change
  /// what any choice means, or a recorded case would not replay.
  @inlinable
  public mutating func bias<Value>(
    otherwise standard: @autoclosure () -> Value, drawing draw: (inout RandomNumbers) -> Value
  ) -> Value {
    source == .random || recordsToDraw > 0 ? draw(&numbers) : standard()
  }

  /// How many records are still to be drawn at random; 0 where none are. It may steer what a
  /// ``bias(otherwise:drawing:)`` draws, and nothing else.
  @inlinable
  public var recordsToCome: Int { recordsToDraw }
}
