/// A recipe for values, as a sequence of choices: what is chosen is what is shrunk.
///
/// So whatever `map`, `flatMap` and `filter` make of the choices is still valid after shrinking,
/// and no generator needs a shrinker of its own. The lowest choices must make the simplest value.
public struct Generator<Value>: Sendable {
  @usableFromInline let choose: @Sendable (inout Choices) throws(Discard) -> Value

  /// Makes a generator of a function that draws from choices, in any way that depends on them
  /// alone.
  @inlinable
  public init(_ choose: @escaping @Sendable (inout Choices) throws(Discard) -> Value) {
    self.choose = choose
  }

  /// Makes the choices of one value, inside of a record.
  ///
  /// Throws ``Discard`` if a filter turned down all that it was offered.
  @inlinable
  public func draw(from choices: inout Choices) throws(Discard) -> Value {
    try choose(&choices)
  }

  /// Always the same value, by no choice at all.
  public static func just(_ value: Value) -> Generator where Value: Sendable {
    Generator { _ in value }
  }

  /// Values made of these.
  public func map<Result>(
    _ transform: @escaping @Sendable (Value) -> Result
  ) -> Generator<Result> {
    Generator<Result> { choices throws(Discard) in transform(try choose(&choices)) }
  }

  /// Values of a generator that depends on a value of this one.
  public func flatMap<Result>(
    _ next: @escaping @Sendable (Value) -> Generator<Result>
  ) -> Generator<Result> {
    Generator<Result> { choices throws(Discard) in
      try next(try choose(&choices)).choose(&choices)
    }
  }

  /// Only the values for which a condition holds.
  ///
  /// Three are tried before the whole case is discarded; what was turned down is marked, so that
  /// shrinking forgets it first. A run whose cases are mostly discarded fails its health check: a
  /// generator that makes what is wanted is better than a filter.
  public func filter(
    _ condition: @escaping @Sendable (Value) -> Bool
  ) -> Generator {
    Generator { choices throws(Discard) in
      for _ in 0..<choices.triesOfFilter {
        let tried = try choices.span(.group, orIfNil: .rejected) { choices throws(Discard) in
          let value = try choose(&choices)
          return condition(value) ? value : nil
        }
        if let value = tried { return value }
      }
      throw Discard()
    }
  }
}

extension Choices {
  /// An odometer comes to the other tries anyway.
  fileprivate var triesOfFilter: Int { source == .every ? 1 : 3 }
}
