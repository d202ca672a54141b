extension ShrinkPass {
  /// Deletes what creates a slot together with what uses and ends it.
  ///
  /// Neither half can go alone if the other then does something else: an allocation without its
  /// free stays live, a free without its allocation frees nothing.
  public static let deleteLifetimes = ShrinkPass("delete lifetimes") { context in
    var next = context.best.lifetimes().count - 1
    while next >= 0 {
      let lifetimes = context.best.lifetimes()
      if next < lifetimes.count { deleteLifetime(lifetimes[next], &context) }
      next -= 1
    }
  }

  /// All its commands, or the first and the end, or all but the first.
  private static func deleteLifetime(_ lifetime: Lifetime, _ context: inout ShrinkContext) {
    let records = lifetime.records
    guard records.count > 1 else { return }
    let case0 = context.best
    if context.attempt(case0.removing(records)) { return }
    if records.count > 2, let end = lifetime.end {
      if context.attempt(case0.removing([lifetime.start, end])) { return }
    }
    if records.count > 2 { _ = context.attempt(case0.removing(records.dropFirst())) }
  }
}
