// Puts other commands in place of those there are.

extension ShrinkPass {
  /// Makes all sizes larger and the program shorter: a few large things may do what many small ones
  /// did. Programs of at most four commands are short enough for the other passes.
  public static let enlarge = ShrinkPass("enlarge", .thorough) { context in
    var isDone = false
    while !isDone, context.best.length > 4 {
      let length = context.best.length
      isDone = true
      for kept in [length / 2, length - 1] where isDone {
        for shift in [1, 2, 3, 4, 6, 8] as [UInt64] where isDone {
          isDone = !context.attempt(context.best.enlarged(by: shift, keeping: kept))
        }
      }
    }
  }
}

extension TestCase {
  /// The first commands, with every magnitude shifted to the left as far as it does not overflow.
  fileprivate func enlarged(by shift: UInt64, keeping length: Int) -> TestCase {
    var result = TestCase(records: Array(records.prefix(length + 1)))
    for record in result.commands {
      for choice in result.records[record].choices.indices
      where result.records[record].choices[choice].form == .magnitude {
        let value = result.records[record].choices[choice].value
        let shifted = value << shift
        if shifted >> shift == value { result.records[record].choices[choice].value = shifted }
      }
    }
    return result
  }
}

extension ShrinkPass {
  /// Replaces a command by a simpler one.
  ///
  /// Either by a simpler kind (a lower first choice that is a shape, the others kept or 0), or by
  /// doing to its own slots what another command of the case does to its slots.
  public static let replaceRecords = ShrinkPass("replace commands", .thorough) { context in
    for record in context.best.commands.reversed() {
      lowerKind(record, &context)
      for other in 1..<max(1, context.best.records.count) where other != record {
        if let candidate = context.best.copyingPlainValues(from: other, to: record) {
          _ = context.attempt(candidate)
        }
      }
    }
  }

  private static func lowerKind(_ record: Int, _ context: inout ShrinkContext) {
    guard let choice = context.best.records[record].choices.first, choice.role == .shape else {
      return
    }
    let kind = choice.value
    for simpler in 0..<min(kind, 64) {
      if context.attempt(record, 0, simpler) { return }
      var candidate = context.best
      for choice in candidate.records[record].choices.indices {
        candidate.records[record].choices[choice].value = choice == 0 ? simpler : 0
      }
      if context.attempt(candidate) { return }
    }
  }
}

extension ShrinkPass {
  /// Makes all commands of a kind alike and deletes one of them.
  ///
  /// Where sizes were mixed by chance, one size everywhere often needs fewer commands.
  public static let levelRecords = ShrinkPass("level commands", .thorough) { context in
    let start = context.best
    for model in start.commands {
      var level = start
      for other in start.commands where other != model {
        level = level.copyingPlainValues(from: model, to: other) ?? level
      }
      if context.attempt(level) { return }
      for deleted in start.commands.reversed() where deleted != model {
        if context.attempt(level.removing([deleted])) { return }
      }
    }
  }
}
