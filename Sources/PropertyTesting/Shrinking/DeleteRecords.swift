extension ShrinkPass {
  /// Deletes runs of commands: all, half of them, a quarter, … one, from the end.
  ///
  /// All of them only at the beginning: a program of nothing fails at once or never.
  public static let deleteRecords = ShrinkPass("delete commands") { context in
    var size = context.best.length / (context.succeeded == 0 ? 1 : 2)
    if size == 0 { size = context.best.length }
    while size > 0 {
      var end = context.best.records.count
      while end - size >= 1 {
        let run = (end - size)..<end
        let before = context.best.records.count
        if context.attempt(context.best.removing(run)) {
          // A failing run may end earlier than the candidate did.
          end = min(end - size, context.best.records.count)
          size = min(size, max(1, context.best.length))
          if context.best.records.count == before { return }
        } else {
          end -= size
        }
      }
      size /= 2
    }
  }
}
