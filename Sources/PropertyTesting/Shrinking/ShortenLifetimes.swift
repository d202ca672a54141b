extension ShrinkPass {
  /// Ends lifetimes earlier, alone or in exchange for another command.
  ///
  /// What ends early leaves room, so that something else may no longer be needed.
  public static let shortenLifetimes = ShrinkPass("shorten lifetimes", .thorough) { context in
    for index in context.best.lifetimes().indices.reversed() {
      let lifetimes = context.best.lifetimes()
      guard index < lifetimes.count, let end = lifetimes[index].end else { continue }
      shorten(lifetimes[index], end, &context)
    }
  }

  private static func shorten(_ lifetime: Lifetime, _ end: Int, _ context: inout ShrinkContext) {
    var target = lifetime.start + 1
    while target < end {
      let moved = context.best.moving(end, to: target)
      if context.attempt(moved) { return }
      for other in (1..<moved.records.count).reversed() where other != target {
        if context.attempt(moved.removing([other])) { return }
      }
      target += 1
    }
  }
}
