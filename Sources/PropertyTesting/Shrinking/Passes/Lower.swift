// Lowers choices one at a time, or all to 0.

extension ShrinkPass {
  /// Sets to 0 everything that names no slot and is no shape, in all commands at once.
  public static let zeroEverything = ShrinkPass("zero everything") { context in
    var candidate = context.best
    for place in candidate.plainPlaces {
      candidate.records[place.record].choices[place.choice].value = 0
    }
    _ = context.attempt(candidate)
  }
}

extension ShrinkPass {
  /// Sets to 0 what it can of each command: all choices at once, all but its shape, then each.
  public static let zeroRecords = ShrinkPass("zero choices") { context in
    for record in context.best.subjects {
      if context.attemptZero(record, keepingShape: false) { continue }
      if context.attemptZero(record, keepingShape: true) { continue }
      for choice in (0..<context.best.choiceCount(record)).reversed()
      where context.best.records[record].choices[choice].role != .shape {
        _ = context.attempt(record, choice, 0)
      }
    }
  }
}

extension ShrinkContext {
  /// Tries to set the choices of a record to 0, all or all that are no shape.
  fileprivate mutating func attemptZero(_ record: Int, keepingShape: Bool) -> Bool {
    guard best.records.indices.contains(record) else { return false }
    var candidate = best
    for choice in candidate.records[record].choices.indices
    where !keepingShape || candidate.records[record].choices[choice].role != .shape {
      candidate.records[record].choices[choice].value = 0
    }
    return attempt(candidate)
  }
}

extension ShrinkPass {
  /// Lowers every choice of every command as far as it goes.
  public static let lowerChoices = ShrinkPass("lower choices") { context in
    for record in context.best.subjects {
      context.lower(record)
    }
  }

  /// Lowers the choices of the configuration: all to 0, then each as far as it goes.
  public static let lowerConfiguration = ShrinkPass("lower the configuration") { context in
    guard context.best.length > 0 else { return }
    if !context.attemptZero(0, keepingShape: false) { context.lower(0) }
  }
}

extension ShrinkPass {
  /// Steps values down over gaps: small ones one by one, others to fewer bits and lower powers of
  /// two.
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

extension ShrinkPass {
  /// Divides numbers by their prime factors, the greatest first: multiples of what matters fail
  /// too.
  public static let divide = ShrinkPass("divide", .thorough) { context in
    for place in context.best.plainPlaces {
      var divided = true
      while divided, let choice = context.best[place], choice.value > 4 {
        divided = factors(of: choice.value).reversed().contains { factor in
          context.attempt(place.record, place.choice, choice.value / factor)
        }
      }
    }
  }

  /// The different prime factors below 64, ascending.
  private static func factors(of number: UInt64) -> [UInt64] {
    var rest = number
    var result: [UInt64] = []
    var factor: UInt64 = 2
    while factor < 64 && factor <= rest {
      if rest % factor == 0 {
        result.append(factor)
        while rest % factor == 0 { rest /= factor }
      }
      factor += 1
    }
    return result
  }
}

extension ShrinkContext {
  /// Lowers the choices of one record one after the other, each as far as it goes.
  fileprivate mutating func lower(_ record: Int) {
    var choice = 0
    while choice < best.choiceCount(record) {
      if !isFlagOfElement(record, choice), let before = best.value(record, choice) {
        lower(record, choice)
        let after = best.value(record, choice) ?? 0
        creeps = creeps || (after < before && before - after < before / 64)
      }
      choice += 1
    }
  }

  private mutating func lower(_ record: Int, _ choice: Int) {
    guard let start = best.value(record, choice), start > 0 else { return }
    guard case .signed(let order) = best.records[record].choices[choice].form, start > 4 else {
      return descend(from: start) { $0.attempt(record, choice, $1) }
    }
    if (0...2).contains(where: { attempt(record, choice, $0) }) { return }
    // The sign stays, unless the positive number of the same size will do.
    let opposite = 0 &- order.value(of: start)
    if opposite > 0, order.range.contains(opposite) {
      _ = attempt(record, choice, order.code(of: opposite))
    }
    guard let number = best.value(record, choice).map(order.value) else { return }
    descend(from: number.magnitude) { context, distance in
      let signed = Int64(truncatingIfNeeded: number < 0 ? 0 &- distance : distance)
      return order.range.contains(signed) && context.attempt(record, choice, order.code(of: signed))
    }
    if let value = best.value(record, choice), value > 0 { _ = attempt(record, choice, value - 1) }
  }

  /// Whether a choice says that there is one more element: lowering it would end the array.
  private func isFlagOfElement(_ record: Int, _ choice: Int) -> Bool {
    best.records[record].choices[choice].role == .shape
      && best.records[record].spans.contains {
        $0.kind == .element && $0.choices.lowerBound == choice
      }
  }
}
