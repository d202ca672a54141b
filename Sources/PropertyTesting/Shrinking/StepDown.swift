extension ShrinkPass {
  /// Steps values down over gaps: small ones one by one, others to fewer bits and lower powers of two.
  ///
  /// A lower size class may fail again where the sizes between do not.
  public static let stepDown = ShrinkPass("step down", .thorough) { context in
    for record in context.best.subjects {
      for choice in 0..<context.best.choiceCount(record) {
        stepDown(record, choice, &context)
      }
    }
  }

  private static func stepDown(_ record: Int, _ choice: Int, _ context: inout ShrinkContext) {
    guard let value = context.best.value(record, choice), value > 4 else { return }
    guard value > 16 else {
      for lower in 0..<value where context.attempt(record, choice, lower) { return }
      return
    }
    if context.attempt(record, choice, value - 1) { return }
    if context.attempt(record, choice, value & (value - 1)) { return }
    var power: UInt64 = 1 << UInt64(63 - (value - 1).leadingZeroBitCount)
    for _ in 0..<2 where power > 0 {
      if context.attempt(record, choice, power) { return }
      power /= 2
    }
  }
}
