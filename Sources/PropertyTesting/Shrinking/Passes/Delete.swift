// Deletes commands, elements and choices.

extension ShrinkPass {
  /// Deletes runs of commands: all, half of them, a quarter, … one, from the end.
  ///
  /// All of them only at the beginning: a program of nothing fails at once or never.
  public static let deleteRecords = ShrinkPass("delete commands") { context in
    var size = context.best.length / (context.succeeded == 0 ? 1 : 2)
    if size == 0 { size = context.best.length }
    while size > 0 {
      var end = context.best.records.count
      while end - size >= 1 {
        let run = (end - size)..<end
        let before = context.best.records.count
        if context.attempt(context.best.removing(run)) {
          // A failing run may end earlier than the candidate did.
          end = min(end - size, context.best.records.count)
          size = min(size, max(1, context.best.length))
          if context.best.records.count == before { return }
        } else {
          end -= size
        }
      }
      size /= 2
    }
  }
}

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
  fileprivate mutating func forEachRun(
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

extension ShrinkPass {
  /// Lowers a number and deletes as many elements after it: a length and what has that length.
  public static let deleteCounted = ShrinkPass("delete counted elements") { context in
    for record in context.best.records.indices {
      guard context.best.records.indices.contains(record) else { return }
      let choices = context.best.records[record].choices
      for counter in choices.indices where choices[counter].role == .plain {
        context.forEachRun(of: record, after: counter) { context, range, count in
          guard let value = context.best.value(record, counter), value >= UInt64(count),
            !context.best.records[record].hasFreeCount(range)
          else { return false }
          let shorter = context.best.removing(range, of: record)
          return context.attempt(shorter.setting(record, counter, to: value - UInt64(count)))
        }
      }
    }
  }
}

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

extension ShrinkPass {
  /// Deletes two commands, or two lifetimes, that only together are not needed.
  ///
  /// The work grows with the square of the length, so this comes last and stops at 64 commands.
  public static let deletePairs = ShrinkPass("delete pairs", .thorough) { context in
    guard context.best.length <= 64 else { return }
    let start = context.best
    for first in start.commands.reversed() {
      for second in (1..<first).reversed() {
        if context.attempt(start.removing([first, second])) { return }
      }
    }
    let groups = start.lifetimes().map(\.records)
    for first in groups.indices.reversed() {
      for second in groups[..<first].indices.reversed() {
        if context.attempt(start.removing(groups[first] + groups[second])) { return }
      }
    }
  }
}

extension ShrinkPass {
  /// Deletes one to four neighbouring choices of a value that does not say what belongs together.
  public static let deleteChoices = ShrinkPass("delete choices", .thorough) { context in
    guard context.best.records.count == 1, context.best.records[0].spans.isEmpty else { return }
    for size in 1...4 {
      for position in context.best.records[0].choices.indices.reversed() {
        guard position + size <= context.best.choiceCount(0) else { continue }
        if context.attempt(context.best.removing(position..<position + size, of: 0)) { return }
      }
    }
  }
}
