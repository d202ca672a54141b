extension ShrinkPass {
  /// Makes one element of two: deletes one and adds its numbers to its neighbour's.
  ///
  /// Sums wrap around in the range of the number, as those of the tested code may.
  public static let mergeElements = ShrinkPass("merge elements", .thorough) { context in
    for record in context.best.subjects {
      var row = 0
      while let elements = siblings(context.best, record, row) {
        for index in elements.indices.dropFirst() {
          guard let now = siblings(context.best, record, row), index < now.count else { break }
          merge(now[index - 1], into: now[index], of: record, &context)
        }
        row += 1
      }
    }
  }

  private static func siblings(
    _ testCase: TestCase, _ record: Int, _ row: Int
  ) -> [Range<Int>]? {
    guard testCase.records.indices.contains(record) else { return nil }
    let rows = testCase.records[record].siblings(.element)
    return row < rows.count ? rows[row] : nil
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
