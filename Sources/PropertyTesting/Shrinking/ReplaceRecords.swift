extension ShrinkPass {
  /// Replaces a command by a simpler one.
  ///
  /// Either by a simpler kind (a lower first choice that is a shape, the others kept or 0), or by doing to its own
  /// slots what another command of the case does to its slots.
  public static let replaceRecords = ShrinkPass("replace commands", .thorough) { context in
    for record in context.best.commands.reversed() {
      lowerKind(record, &context)
      for other in 1..<max(1, context.best.records.count) where other != record {
        if let candidate = context.best.copyingPlainValues(from: other, to: record) {
          _ = context.attempt(candidate)
        }
      }
    }
  }

  private static func lowerKind(_ record: Int, _ context: inout ShrinkContext) {
    guard let choice = context.best.records[record].choices.first, choice.role == .shape else {
      return
    }
    let kind = choice.value
    for simpler in 0..<min(kind, 64) {
      if context.attempt(record, 0, simpler) { return }
      var candidate = context.best
      for choice in candidate.records[record].choices.indices {
        candidate.records[record].choices[choice].value = choice == 0 ? simpler : 0
      }
      if context.attempt(candidate) { return }
    }
  }
}
