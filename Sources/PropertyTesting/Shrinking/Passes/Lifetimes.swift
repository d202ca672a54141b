// Changes what is created, used and ended as one.

extension ShrinkPass {
  /// Deletes what creates a slot together with what uses and ends it.
  ///
  /// Neither half can go alone if the other then does something else: an allocation without its
  /// free stays live, a free without its allocation frees nothing.
  public static let deleteLifetimes = ShrinkPass("delete lifetimes") { context in
    var next = context.best.lifetimes().count - 1
    while next >= 0 {
      let lifetimes = context.best.lifetimes()
      if next < lifetimes.count { deleteLifetime(lifetimes[next], &context) }
      next -= 1
    }
  }

  /// All its commands, or the first and the end, or all but the first.
  private static func deleteLifetime(_ lifetime: Lifetime, _ context: inout ShrinkContext) {
    let records = lifetime.records
    guard records.count > 1 else { return }
    let case0 = context.best
    if context.attempt(case0.removing(records)) { return }
    if records.count > 2, let end = lifetime.end {
      if context.attempt(case0.removing([lifetime.start, end])) { return }
    }
    if records.count > 2 { _ = context.attempt(case0.removing(records.dropFirst())) }
  }
}

extension ShrinkPass {
  /// Gives every lifetime the lowest slot that will do: all at once, then one after the other.
  public static let renameSlots = ShrinkPass("rename slots") { context in
    if context.attempt(renamedInOrder(context.best)) { return }
    var next = 0
    while next < context.best.lifetimes().count {
      let lifetime = context.best.lifetimes()[next]
      for slot in 0..<lifetime.slot {
        if context.attempt(renaming(lifetime, to: slot, in: context.best)) { break }
      }
      next += 1
    }
  }

  /// Every lifetime in the lowest slot that is not needed while it lasts.
  private static func renamedInOrder(_ testCase: TestCase) -> TestCase {
    var result = testCase
    let lifetimes = testCase.lifetimes()
    // For each lifetime its slot, free again after the last record that names it.
    var names: [UInt64] = []
    for lifetime in lifetimes {
      var slot: UInt64 = 0
      while slot < lifetime.bound &- 1 {
        let isTaken = lifetimes.indices.prefix(names.count).contains { other in
          names[other] == slot && lifetimes[other].space == lifetime.space
            && lifetimes[other].records.last! > lifetime.start
        }
        if !isTaken { break }
        slot += 1
      }
      names.append(slot)
      result = renaming(lifetime, to: slot, in: result)
    }
    return result
  }

  private static func renaming(
    _ lifetime: Lifetime, to slot: UInt64, in testCase: TestCase
  ) -> TestCase {
    var result = testCase
    for place in lifetime.positions {
      result.records[place.record].choices[place.choice].value = slot
    }
    return result
  }
}

extension ShrinkPass {
  /// Ends lifetimes earlier, alone or in exchange for another command.
  ///
  /// What ends early leaves room, so that something else may no longer be needed.
  public static let shortenLifetimes = ShrinkPass("shorten lifetimes", .thorough) { context in
    for index in context.best.lifetimes().indices.reversed() {
      let lifetimes = context.best.lifetimes()
      guard index < lifetimes.count, let end = lifetimes[index].end else { continue }
      shorten(lifetimes[index], end, &context)
    }
  }

  private static func shorten(_ lifetime: Lifetime, _ end: Int, _ context: inout ShrinkContext) {
    var target = lifetime.start + 1
    while target < end {
      let moved = context.best.moving(end, to: target)
      if context.attempt(moved) { return }
      for other in (1..<moved.records.count).reversed() where other != target {
        if context.attempt(moved.removing([other])) { return }
      }
      target += 1
    }
  }
}

extension ShrinkPass {
  /// Makes one lifetime of two: what ended is kept instead, and stands for what came later.
  ///
  /// An end and a later creation go together when the later one only takes the place of the first.
  public static let fuseLifetimes = ShrinkPass("fuse lifetimes", .thorough) { context in
    let start = context.best
    let lifetimes = start.lifetimes()
    for first in lifetimes {
      guard let end = first.end else { continue }
      for second in lifetimes where second.start > end && second.space == first.space {
        let positions = first.positions + second.positions
        guard let slot = unusedSlot(lifetimes, first, second) else { continue }
        var candidate = start
        for place in positions {
          candidate.records[place.record].choices[place.choice].value = slot
        }
        if context.attempt(candidate.removing([end, second.start])) { return }
      }
    }
  }

  /// The lowest slot in which nothing else lives from the first's creation to the second's last
  /// use.
  private static func unusedSlot(
    _ lifetimes: [Lifetime], _ first: Lifetime, _ second: Lifetime
  ) -> UInt64? {
    let span = first.start...second.records.last!
    let taken = lifetimes.filter { other in
      other != first && other != second && other.space == first.space
        && other.start <= span.upperBound && other.records.last! >= span.lowerBound
    }
    let most = first.bound == 0 ? UInt64(lifetimes.count) : first.bound - 1
    return (0...most).first { slot in !taken.contains { $0.slot == slot } }
  }
}

extension ShrinkPass {
  /// Does with one creation what two did: deletes a lifetime and adds its sizes to another's.
  public static let mergeLifetimes = ShrinkPass("merge lifetimes", .thorough) { context in
    for kept in context.best.lifetimes().indices {
      for other in context.best.lifetimes().indices.reversed() where other != kept {
        let lifetimes = context.best.lifetimes()
        guard kept < lifetimes.count, other < lifetimes.count else { continue }
        merge(lifetimes[other], into: lifetimes[kept], &context)
      }
    }
  }

  private static func merge(
    _ other: Lifetime, into kept: Lifetime, _ context: inout ShrinkContext
  ) {
    let start = context.best
    let (left, right) = (start.records[kept.start].choices, start.records[other.start].choices)
    for index in left.indices where left[index].form == .magnitude && index < right.count {
      guard right[index].form == .magnitude else { continue }
      let (sum, overflow) = left[index].value.addingReportingOverflow(right[index].value)
      guard !overflow, sum > left[index].value else { continue }
      let merged = start.setting(kept.start, index, to: sum)
      if context.attempt(merged.removing(other.records)) { return }
    }
  }
}

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
