extension ShrinkPass {
  /// Forgets what filters turned down.
  public static let dropRejected = ShrinkPass("drop rejected tries") { context in
    var candidate = context.best
    for record in candidate.records.indices {
      for span in context.best.records[record].spans.reversed() where span.kind == .rejected {
        candidate.records[record].choices.removeSubrange(span.choices)
      }
    }
    _ = context.attempt(candidate)
  }
}
