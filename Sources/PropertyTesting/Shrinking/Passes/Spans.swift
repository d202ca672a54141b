// Changes which parts a value has.

extension ShrinkPass {
  /// Forgets what filters turned down.
  public static let dropRejected = ShrinkPass("drop rejected tries") { context in
    var candidate = context.best
    for record in candidate.records.indices {
      for span in context.best.records[record].spans.reversed() where span.kind == .rejected {
        candidate.records[record].choices.removeSubrange(span.choices)
      }
    }
    _ = context.attempt(candidate)
  }
}

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

extension ShrinkPass {
  /// Deletes the end of an array together with the beginning of an element of the array around it,
  /// so that two neighbouring arrays become one.
  public static let joinArrays = ShrinkPass("join arrays") { context in
    for record in context.best.subjects {
      var position = 0
      while position + 1 < context.best.choiceCount(record) {
        let choices = context.best.records[record].choices
        let isSeam =
          choices[position].role == .shape && choices[position].value == 0
          && choices[position + 1].role == .shape && choices[position + 1].value == 1
        if !isSeam || !context.attempt(context.best.removing(position..<position + 2, of: record)) {
          position += 1
        }
      }
    }
  }
}

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
