extension ShrinkPass {
  /// Deletes one to four neighbouring choices of a record that has spans, whatever they belong to.
  public static let deleteChoices = ShrinkPass("delete choices", .thorough) { context in
    for record in context.best.subjects {
      guard context.best.records.indices.contains(record),
        !context.best.records[record].spans.isEmpty
      else { continue }
      for size in [2, 1, 3, 4] {
        for position in context.best.records[record].choices.indices.reversed() {
          guard position + size <= context.best.choiceCount(record) else { continue }
          if context.attempt(context.best.removing(position..<position + size, of: record)) {
            return
          }
        }
      }
    }
  }
}
