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
