extension Generator {
  /// One of several generators, the simplest first; at random each as often as its weight says.
  public static func frequency(_ alternatives: (UInt32, Generator)...) -> Generator {
    choice(of: alternatives.map(\.1), Weights(alternatives.map(\.0)))
  }

  /// One of several generators, the simplest first, each as likely as the others.
  public static func oneOf(_ alternatives: Generator...) -> Generator {
    choice(of: alternatives, Weights(alternatives.map { _ in 1 }))
  }

  private static func choice(of generators: [Generator], _ weights: Weights) -> Generator {
    Generator { choices throws(Discard) in
      try choices.span(.alternative) { choices throws(Discard) in
        try generators[choices.index(weights: weights, role: .shape)].choose(&choices)
      }
    }
  }

  /// One of several values, the simplest first, each as likely as the others.
  public static func element(of values: [Value]) -> Generator where Value: Sendable {
    precondition(!values.isEmpty, "there must be something to choose from")
    return Generator { choices in values[Int(choices.integer(below: UInt64(values.count)))] }
  }

  /// Nil, or a value in three of four cases.
  public var optional: Generator<Value?> {
    let none = Generator<Value?> { _ in nil }
    return .frequency((1, none), (3, map { .some($0) }))
  }

  /// Values that contain others of their kind: `extend` makes them of smaller ones.
  ///
  /// At the depth of 0 all are of the base. Parts may replace the whole when shrinking.
  public static func recursive(
    _ base: Generator, depth: Int, _ extend: (Generator) -> Generator
  ) -> Generator {
    var result = oneOf(base)
    for _ in 0..<depth {
      result = frequency((1, base), (2, extend(result)))
    }
    return result
  }
}

extension Choices {
  /// Values of several generators, one after the other.
  public mutating func tuple<each Value>(
    _ generators: repeat Generator<each Value>
  ) throws(Discard) -> (repeat each Value) {
    (repeat try (each generators).draw(from: &self))
  }
}

/// The values of several generators together.
public func zip<each Value>(
  _ generators: repeat Generator<each Value>
) -> Generator<(repeat each Value)> {
  Generator { choices throws(Discard) in try choices.tuple(repeat each generators) }
}
