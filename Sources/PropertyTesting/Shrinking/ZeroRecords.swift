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
  mutating func attemptZero(_ record: Int, keepingShape: Bool) -> Bool {
    guard best.records.indices.contains(record) else { return false }
    var candidate = best
    for choice in candidate.records[record].choices.indices
    where !keepingShape || candidate.records[record].choices[choice].role != .shape {
      candidate.records[record].choices[choice].value = 0
    }
    return attempt(candidate)
  }
}
