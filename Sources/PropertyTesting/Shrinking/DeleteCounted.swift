extension ShrinkPass {
  /// Lowers a number and deletes as many elements after it: a length and what has that length.
  public static let deleteCounted = ShrinkPass("delete counted elements") { context in
    for record in context.best.records.indices {
      guard context.best.records.indices.contains(record) else { return }
      let choices = context.best.records[record].choices
      for counter in choices.indices where choices[counter].role == .plain {
        context.forEachRun(of: record, after: counter) { context, range, count in
          guard let value = context.best.value(record, counter), value >= UInt64(count),
            !context.best.records[record].hasFreeCount(range)
          else { return false }
          let shorter = context.best.removing(range, of: record)
          return context.attempt(shorter.setting(record, counter, to: value - UInt64(count)))
        }
      }
    }
  }
}
