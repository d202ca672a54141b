extension ShrinkPass {
  /// Deletes a lifetime or a creation, and lets what ends others end any of those that remain.
  ///
  /// Without the deleted one things lie elsewhere, so that other ones have to end. It looks at
  /// cases with one or two ends after the deletion, of at most 16 commands.
  public static let reassignEnds = ShrinkPass("reassign ends", .thorough) { context in
    let start = context.best
    guard start.length <= 16 else { return }
    for lifetime in start.lifetimes() {
      for deleted in [lifetime.records, [lifetime.start]] {
        let rest = start.removing(deleted)
        for candidate in reassignments(of: rest, lifetime.space) {
          if context.attempt(candidate) { return }
        }
      }
    }
  }

  /// The case with every choice of what its one or two ends are to end.
  private static func reassignments(of testCase: TestCase, _ space: UInt8) -> [TestCase] {
    let starts = places(in: testCase, .defines(space))
    let ends = places(in: testCase, .ends(space))
    guard (1...2).contains(ends.count), starts.count >= ends.count else { return [] }
    // The slots of what ends are 1 and 2; all that never ends goes to slot 0.
    var base = testCase
    for place in starts { base.records[place.record].choices[place.choice].value = 0 }
    for (index, place) in ends.enumerated() {
      base.records[place.record].choices[place.choice].value = UInt64(index + 1)
    }
    var results: [TestCase] = []
    for first in starts {
      let one = base.setting(first.record, first.choice, to: 1)
      if ends.count == 1 { results.append(one) }
      for second in starts where ends.count == 2 && second != first {
        results.append(one.setting(second.record, second.choice, to: 2))
      }
    }
    return results
  }

  private static func places(in testCase: TestCase, _ role: Role) -> [Lifetime.Position] {
    testCase.commands.flatMap { record in
      testCase.records[record].choices.indices
        .filter { testCase.records[record].choices[$0].role == role }
        .map { Lifetime.Position(record: record, choice: $0) }
    }
  }
}
