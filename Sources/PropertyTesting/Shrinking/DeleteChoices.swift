extension ShrinkPass {
  /// Deletes one to four neighbouring choices of a value that does not say what belongs together.
  public static let deleteChoices = ShrinkPass("delete choices", .thorough) { context in
    guard context.best.records.count == 1, context.best.records[0].spans.isEmpty else { return }
    for size in 1...4 {
      for position in context.best.records[0].choices.indices.reversed() {
        guard position + size <= context.best.choiceCount(0) else { continue }
        if context.attempt(context.best.removing(position..<position + size, of: 0)) { return }
      }
    }
  }
}
