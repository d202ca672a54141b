extension ShrinkPass {
  /// Lowers two numbers by the same amount, so that their difference stays.
  public static let lowerByTheSame = ShrinkPass("lower by the same", .thorough) { context in
    context.forEachPair(least: 1) { context, first, second in
      context.shift(first, with: second, factor: 1)
    }
  }
}

extension ShrinkContext {
  /// Goes through pairs of numbers of one range that stand at most eight numbers apart.
  ///
  /// - Parameter least: the least value of the second.
  mutating func forEachPair(
    least: UInt64, _ body: (inout ShrinkContext, Lifetime.Position, Lifetime.Position) -> Void
  ) {
    for distance in 1...8 {
      let places = best.plainPlaces
      for index in places.indices.dropLast(min(distance, places.count)) {
        let (first, second) = (places[index], places[index + distance])
        guard let left = best[first], let right = best[second], left.value > 0,
          right.value >= least, left.bound == right.bound, left.form == right.form
        else { continue }
        body(&self, first, second)
      }
    }
  }

  /// Brings one number as near to 0 as possible, with another that falls or rises by as much.
  ///
  /// - Parameter factor: 1 if both fall together, -1 if the other one rises instead.
  mutating func shift(
    _ first: Lifetime.Position, with second: Lifetime.Position, factor: Int128
  ) {
    guard let left = best[first], let right = best[second] else { return }
    let sign: Int128 = left.number < 0 ? -1 : 1
    let start = best
    func attempt(_ context: inout ShrinkContext, _ distance: UInt64) -> Bool {
      let change = left.number - sign * Int128(distance)
      guard let mine = left.choosing(sign * Int128(distance)),
        let its = right.choosing(right.number - factor * change)
      else { return false }
      let candidate = start.setting(first.record, first.choice, to: mine.value)
      return context.attempt(candidate.setting(second.record, second.choice, to: its.value))
    }
    descend(from: UInt64(left.number.magnitude), carefully: true, attempt)
  }
}
