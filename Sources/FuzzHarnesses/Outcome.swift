import MemorySharing

/// The outcome of a call of the core.
package enum Outcome<Value: Equatable & Sendable>: Equatable, Sendable {
  case served(Value)
  case refused(ShareError)

  /// Makes a call.
  package init(_ call: () throws(ShareError) -> Value) {
    do throws(ShareError) {
      self = .served(try call())
    } catch {
      self = .refused(error)
    }
  }

  /// The same with another value.
  package func map<Other>(_ transform: (Value) -> Other) -> Outcome<Other> {
    switch self {
    case .served(let value): .served(transform(value))
    case .refused(let error): .refused(error)
    }
  }

  /// What was answered, if something was.
  package var value: Value? {
    if case .served(let value) = self { value } else { nil }
  }

  /// Why not, if nothing was.
  package var error: ShareError? {
    if case .refused(let error) = self { error } else { nil }
  }
}

extension Outcome: CustomStringConvertible {
  package var description: String {
    switch self {
    case .served(let value): "\(value)"
    case .refused(let error): "\(error)"
    }
  }
}

/// The answer of a call that answers nothing.
package struct Done: Equatable, Sendable, CustomStringConvertible {
  package init() {}
  package var description: String { "done" }
}

/// The outcomes that a call may have: one value, or one of some errors.
package enum Expectation<Value: Equatable & Sendable>: Equatable, Sendable {
  case served(Value)
  /// Where the specification leaves open which of two faults is named, both are here.
  case refused([ShareError])

  /// What is wrong with an outcome; nil if nothing is.
  package func evidence(_ outcome: Outcome<Value>) -> String? {
    switch (self, outcome) {
    case (.served(let wanted), .served(let value)) where wanted == value: nil
    case (.refused(let errors), .refused(let error)) where errors.contains(error): nil
    default: "it should be \(self), not \(outcome)"
    }
  }
}

extension Expectation: CustomStringConvertible {
  package var description: String {
    switch self {
    case .served(let value): "\(value)"
    case .refused(let errors): errors.map { "\($0)" }.joined(separator: " or ")
    }
  }
}

/// What came of a call that was judged where it was made: its answer, and the evidence against it.
package struct CheckedAnswer<Answer: Sendable>: Sendable, CustomStringConvertible {
  let answer: Answer
  let evidence: String?

  package var description: String { "\(answer)" }
}
