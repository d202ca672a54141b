extension ShrinkPass {
  /// Deletes runs of elements from arrays: all, half of them, a quarter, … one, from the end.
  public static let deleteElements = ShrinkPass("delete elements") { context in
    for record in context.best.records.indices {
      context.forEachRun(of: record) { context, range in
        context.best.records[record].hasFreeCount(range)
          && context.attempt(context.best.removing(range, of: record))
      }
    }
  }
}

extension ShrinkContext {
  /// Offers runs of elements of every array of a record, the longest first, from the end.
  ///
  /// - Parameter delete: deletes a run and says whether that was a success.
  mutating func forEachRun(
    of record: Int, after first: Int = -1,
    _ delete: (inout ShrinkContext, Range<Int>, Int) -> Bool
  ) {
    var array = 0
    while let elements = elements(record, array, after: first) {
      var size = elements.count
      while size > 0 {
        var end = self.elements(record, array, after: first)?.count ?? 0
        while end >= size, let now = self.elements(record, array, after: first), end <= now.count {
          let run = now[end - size].lowerBound..<now[end - 1].upperBound
          _ = delete(&self, run, size)
          end -= size
        }
        size /= 2
      }
      array += 1
    }
  }

  fileprivate mutating func forEachRun(
    of record: Int, _ delete: (inout ShrinkContext, Range<Int>) -> Bool
  ) {
    forEachRun(of: record) { context, range, _ in delete(&context, range) }
  }

  /// The elements of one of a record's arrays that begin after a choice, if there is such an array.
  private func elements(_ record: Int, _ array: Int, after first: Int) -> [Range<Int>]? {
    guard best.records.indices.contains(record) else { return nil }
    let arrays = best.records[record].siblings(.element).filter { $0[0].lowerBound > first }
    return array < arrays.count ? arrays[array] : nil
  }
}
