extension ShrinkPass {
  /// Puts a part of a value in place of the whole, the outermost wholes first.
  public static let hoistParts = ShrinkPass("hoist parts") { context in
    for record in context.best.subjects {
      var whole = 0
      while let span = context.best.alternatives(record).dropFirst(whole).first {
        if !hoist(into: span.choices, of: record, &context) { whole += 1 }
      }
    }
  }

  private static func hoist(
    into whole: Range<Int>, of record: Int, _ context: inout ShrinkContext
  ) -> Bool {
    let start = context.best
    for part in start.alternatives(record)
    where whole.contains(part.choices.lowerBound) && part.choices.count < whole.count {
      let choices = start.records[record].choices[part.choices]
      if context.attempt(start.replacing(whole, of: record, with: choices)) { return true }
    }
    return false
  }
}
