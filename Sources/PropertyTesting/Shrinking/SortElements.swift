extension ShrinkPass {
  /// Brings elements and groups into order: a whole row at once, then neighbour by neighbour.
  public static let sortElements = ShrinkPass("sort elements") { context in
    for kind in [Span.Kind.group, .element] {
      for record in context.best.subjects {
        var row = 0
        while let spans = context.best.siblings(kind, row, of: record), row < 64 {
          if spans.count > 1 { sort(spans, kind, row, of: record, &context) }
          row += 1
        }
      }
    }
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
    while let now = context.best.siblings(kind, row, of: record), next < now.count {
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
