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
