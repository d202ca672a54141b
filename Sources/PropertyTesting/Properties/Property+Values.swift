/// What a property of values says when it does not hold.
public struct Falsified: Hashable, Sendable {
  /// The only way there is.
  public init() {}
}

extension Property {
  /// A property of the values of a generator: the check answers `nil` or in what way one is wrong.
  public init<Value>(
    of values: Generator<Value>, check: @escaping (Value) throws(Discard) -> Fingerprint?
  ) {
    self.init(maximumLength: 1) { choices throws(Discard) in
      try check(try choices.record { choices throws(Discard) in try values.draw(from: &choices) })
    }
  }
}

extension Property<Falsified> {
  /// A property that every value of a generator has.
  public init<Value>(
    of values: Generator<Value>, holds: @escaping (Value) throws(Discard) -> Bool
  ) {
    self.init(of: values) { value throws(Discard) in try holds(value) ? nil : Falsified() }
  }
}

extension Generator {
  /// The value that a case makes; `nil` if the generator discards it.
  public func value(of testCase: TestCase) -> Value? {
    var choices = Choices(replaying: testCase, recording: false)
    return try? choices.record { choices throws(Discard) in try draw(from: &choices) }
  }
}
