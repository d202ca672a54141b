// Brings commands and parts of values into order.

extension ShrinkPass {
  /// Brings commands into order: swaps neighbours, and the values of neighbours that are alike.
  public static let swapNeighbours = ShrinkPass("swap neighbours") { context in
    var record = 2
    while record < context.best.records.count {
      if context.attempt(context.best.moving(record, to: record - 1)) {
        record = max(2, record - 1)
      } else {
        _ = context.attempt(swappingPlainValues(record - 1, record, in: context.best))
        record += 1
      }
    }
  }

  /// The same slots in the same order, with what the two commands do to them exchanged.
  private static func swappingPlainValues(
    _ first: Int, _ second: Int, in testCase: TestCase
  ) -> TestCase {
    let (mine, its) = (testCase.records[first].choices, testCase.records[second].choices)
    guard mine.map(\.role) == its.map(\.role) else { return testCase }
    var result = testCase
    for index in mine.indices where mine[index].role.space == nil {
      result.records[first].choices[index].value = its[index].value
      result.records[second].choices[index].value = mine[index].value
    }
    return result
  }
}

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

extension ShrinkPass {
  /// Lets two parts of a value that do not contain each other change places, once and then twice.
  public static let swapParts = ShrinkPass("swap parts", .thorough) { context in
    for record in context.best.subjects where context.best.alternatives(record).count <= 16 {
      let once = swaps(context.best.records[record])
      if once.contains(where: { context.attempt(context.best.replacing(record, with: $0)) }) {
        return
      }
      for swapped in once {
        for twice in swaps(swapped) {
          if context.attempt(context.best.replacing(record, with: twice)) { return }
        }
      }
    }
  }

  /// The record with each two of its parts exchanged.
  private static func swaps(_ record: Record) -> [Record] {
    let parts = record.spans.filter { $0.kind == .alternative }
    return parts.indices.flatMap { first in
      parts[(first + 1)...].filter {
        $0.choices.lowerBound >= parts[first].choices.upperBound
          && ($0.choices.count > 1 || parts[first].choices.count > 1)
      }.map { record.swapping(parts[first].choices, $0.choices) }
    }
  }
}
