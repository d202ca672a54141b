extension ShrinkPass {
  /// Sets to 0 all sizes and the like everywhere, then what it can of each command.
  ///
  /// Of a command first all choices at once, then all but the first (which mostly is the kind),
  /// then each.
  public static let zeroRecords = ShrinkPass("zero choices") { context in
    _ = context.attempt(zeroingPlainValues(context.best))
    for record in context.best.commands {
      if context.attemptZero(record, from: 0) || context.attemptZero(record, from: 1) { continue }
      guard context.best.records.indices.contains(record) else { continue }
      for choice in context.best.records[record].choices.indices.reversed() {
        _ = context.attempt(record, choice, 0)
      }
    }
  }

  /// Everything 0 that names no slot and is not the first choice of its command.
  private static func zeroingPlainValues(_ testCase: TestCase) -> TestCase {
    var result = testCase
    for record in result.commands {
      for choice in result.records[record].choices.indices.dropFirst()
      where result.records[record].choices[choice].role == .plain {
        result.records[record].choices[choice].value = 0
      }
    }
    return result
  }
}

extension ShrinkContext {
  /// Tries to set the choices of a record to 0, from one of them on.
  mutating func attemptZero(_ record: Int, from first: Int) -> Bool {
    guard best.records.indices.contains(record) else { return false }
    var candidate = best
    for choice in candidate.records[record].choices.indices where choice >= first {
      candidate.records[record].choices[choice].value = 0
    }
    return attempt(candidate)
  }

  /// Lowers the choices of one record one after the other, each as far as it goes.
  mutating func lower(_ record: Int) {
    guard best.records.indices.contains(record) else { return }
    for choice in best.records[record].choices.indices {
      guard let value = best.value(record, choice), value > 0 else { continue }
      descend(from: value) { $0.attempt(record, choice, $1) }
    }
  }
}
