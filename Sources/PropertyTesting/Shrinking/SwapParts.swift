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
