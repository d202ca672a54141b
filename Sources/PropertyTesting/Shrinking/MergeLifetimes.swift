extension ShrinkPass {
  /// Does with one creation what two did: deletes a lifetime and adds its sizes to another's.
  public static let mergeLifetimes = ShrinkPass("merge lifetimes", .thorough) { context in
    for kept in context.best.lifetimes().indices {
      for other in context.best.lifetimes().indices.reversed() where other != kept {
        let lifetimes = context.best.lifetimes()
        guard kept < lifetimes.count, other < lifetimes.count else { continue }
        merge(lifetimes[other], into: lifetimes[kept], &context)
      }
    }
  }

  private static func merge(
    _ other: Lifetime, into kept: Lifetime, _ context: inout ShrinkContext
  ) {
    let start = context.best
    let (left, right) = (start.records[kept.start].choices, start.records[other.start].choices)
    for index in left.indices where left[index].form == .magnitude && index < right.count {
      guard right[index].form == .magnitude else { continue }
      let (sum, overflow) = left[index].value.addingReportingOverflow(right[index].value)
      guard !overflow, sum > left[index].value else { continue }
      let merged = start.setting(kept.start, index, to: sum)
      if context.attempt(merged.removing(other.records)) { return }
    }
  }
}
