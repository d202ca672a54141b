extension ShrinkPass {
  /// Makes one element of two: deletes one and adds its numbers to its neighbour's.
  ///
  /// Sums wrap around in the range of the number, as those of the tested code may.
  public static let mergeElements = ShrinkPass("merge elements", .thorough) { context in
    for record in context.best.subjects {
      var row = 0
      while let elements = context.best.siblings(.element, row, of: record) {
        for index in elements.indices.dropFirst() {
          guard let now = context.best.siblings(.element, row, of: record), index < now.count else {
            break
          }
          merge(now[index - 1], into: now[index], of: record, &context)
        }
        row += 1
      }
    }
  }

  private static func merge(
    _ first: Range<Int>, into second: Range<Int>, of record: Int, _ context: inout ShrinkContext
  ) {
    guard first.count == second.count else { return }
    var choices = context.best.records[record].choices
    for (mine, its) in zip(first, second) where choices[its].role == .plain {
      guard let sum = choices[its].choosing(wrapping: choices[mine].number + choices[its].number)
      else { return }
      choices[its] = sum
    }
    choices.removeSubrange(first)
    let all = context.best.records[record].choices.indices
    _ = context.attempt(context.best.replacing(all, of: record, with: choices))
  }
}

extension Choice {
  /// The choice of a number, or of the one that is the same modulo the size of the range.
  fileprivate func choosing(wrapping number: Int128) -> Choice? {
    let size = bound == 0 ? Int128(UInt64.max) + 1 : Int128(bound)
    return choosing(number) ?? choosing(number - size) ?? choosing(number + size)
  }
}
