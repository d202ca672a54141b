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
