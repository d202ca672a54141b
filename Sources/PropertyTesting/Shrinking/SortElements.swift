extension ShrinkPass {
  /// Brings elements and groups into order: a whole row at once, then neighbour by neighbour.
  public static let sortElements = ShrinkPass("sort elements") { context in
    for kind in [Span.Kind.group, .element] {
      for record in context.best.subjects {
        var row = 0
        while let spans = siblings(context.best, record, kind, row), row < 64 {
          if spans.count > 1 { sort(spans, kind, row, of: record, &context) }
          row += 1
        }
      }
    }
  }

  private static func siblings(
    _ testCase: TestCase, _ record: Int, _ kind: Span.Kind, _ row: Int
  ) -> [Range<Int>]? {
    guard testCase.records.indices.contains(record) else { return nil }
    let rows = testCase.records[record].siblings(kind)
    return row < rows.count ? rows[row] : nil
  }

  private static func sort(
    _ spans: [Range<Int>], _ kind: Span.Kind, _ row: Int, of record: Int,
    _ context: inout ShrinkContext
  ) {
    let start = context.best.records[record]
    let order = spans.indices.sorted { left, right in
      start.isSimpler(spans[left], than: spans[right])
        || (!start.isSimpler(spans[right], than: spans[left]) && left < right)
    }
    let sorted = order.flatMap { start.choices[spans[$0]] }
    let whole = spans[0].lowerBound..<spans[spans.count - 1].upperBound
    if context.attempt(context.best.replacing(whole, of: record, with: sorted)) { return }
    var next = 1
    while let now = siblings(context.best, record, kind, row), next < now.count {
      let isInOrder = !context.best.records[record].isSimpler(now[next], than: now[next - 1])
      if !isInOrder,
        context.attempt(
          context.best.replacing(
            record, with: context.best.records[record].swapping(now[next - 1], now[next])))
      {
        next = max(1, next - 1)
      } else {
        next += 1
      }
    }
  }
}
