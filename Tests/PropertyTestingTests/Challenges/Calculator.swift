import PropertyTesting

/// An expression of a calculator; a division by zero has no value.
indirect enum Expression: CustomStringConvertible, Sendable {
  case number(Int64)
  case sum(Expression, Expression)
  case quotient(Expression, Expression)

  var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .sum(let left, let right): "('+', \(left), \(right))"
    case .quotient(let left, let right): "('/', \(left), \(right))"
    }
  }

  /// Whether nothing is divided by a 0 that is written there.
  var dividesByNoZero: Bool {
    switch self {
    case .number: true
    case .quotient(_, .number(0)): false
    case .sum(let left, let right), .quotient(let left, let right):
      left.dividesByNoZero && right.dividesByNoZero
    }
  }

  var value: Int64? {
    switch self {
    case .number(let value): return value
    case .sum(let left, let right):
      guard let left = left.value, let right = right.value else { return nil }
      return left &+ right
    case .quotient(let left, let right):
      guard let left = left.value, let right = right.value, right != 0 else { return nil }
      return left.dividedReportingOverflow(by: right).partialValue
    }
  }
}

extension Challenge {
  /// What divides by no written zero has a value.
  static let calculator = Challenge(
    "calculator", minima: ["('/', 0, ('+', 0, 0))"], published: "13.3 Exhaust",
    Generator<Expression>.recursive(Generator<Int64>.integer.map { .number($0) }, depth: 5) {
      part in
      .oneOf(
        zip(part, part).map { .sum($0.0, $0.1) }, zip(part, part).map { .quotient($0.0, $0.1) })
    }
  ) { expression throws(Discard) in
    guard expression.dividesByNoZero else { throw Discard() }
    return expression.value != nil
  }
}
