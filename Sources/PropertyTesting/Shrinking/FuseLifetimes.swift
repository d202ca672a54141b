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

  /// The lowest slot in which nothing else lives from the first's creation to the second's last use.
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
