extension ShrinkPass {
  /// Deletes an element and lowers by one all numbers greater than its place: they may be indices.
  public static let deleteIndexed = ShrinkPass("delete indexed elements", .thorough) { context in
    for record in context.best.subjects {
      for row in context.best.records[record].siblings(.element).indices {
        deleteIndexed(row, of: record, &context)
      }
    }
  }

  private static func deleteIndexed(_ row: Int, of record: Int, _ context: inout ShrinkContext) {
    var index = 0
    while let elements = context.best.siblings(.element, row, of: record), index < elements.count {
      let candidate = context.best.deleting(elements, index, of: record)
      if !context.attempt(candidate) { index += 1 }
    }
  }
}

extension TestCase {
  fileprivate func deleting(
    _ elements: [Range<Int>], _ index: Int, of record: Int
  ) -> TestCase {
    var result = self
    for place in elements.joined() {
      let choice = records[record].choices[place]
      guard choice.role == .plain, choice.number > Int128(index) else { continue }
      result.records[record].choices[place] = choice.choosing(choice.number - 1) ?? choice
    }
    return result.removing(elements[index], of: record)
  }
}
