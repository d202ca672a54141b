extension ShrinkPass {
  /// Deletes two commands, or two lifetimes, that only together are not needed.
  ///
  /// The work grows with the square of the length, so this comes last and stops at 64 commands.
  public static let deletePairs = ShrinkPass("delete pairs", .thorough) { context in
    guard context.best.length <= 64 else { return }
    let start = context.best
    for first in start.commands.reversed() {
      for second in (1..<first).reversed() {
        if context.attempt(start.removing([first, second])) { return }
      }
    }
    let groups = start.lifetimes().map(\.records)
    for first in groups.indices.reversed() {
      for second in groups[..<first].indices.reversed() {
        if context.attempt(start.removing(groups[first] + groups[second])) { return }
      }
    }
  }
}
