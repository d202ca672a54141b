// Lowers several choices at once.

extension ShrinkPass {
  /// Lowers equal values in different places at once, all of them and then two at a time
  /// that stand near each other.
  public static let lowerTogether = ShrinkPass("lower together") { context in
    var groups = equalValues(context.best)
    for group in groups where group.count > 2 { lower(group, &context) }
    groups = equalValues(context.best)
    for group in groups {
      for first in group.indices {
        for second in group.indices[(first + 1)...].prefix(2) {
          lower([group[first], group[second]], &context)
        }
      }
    }
  }

  /// The places of choices that have the same value, bound and role, if there are at least two.
  private static func equalValues(_ testCase: TestCase) -> [[Lifetime.Position]] {
    var groups: [[Lifetime.Position]] = []
    var groupOfChoice: [Choice: Int] = [:]
    for record in testCase.subjects {
      for (index, choice) in testCase.records[record].choices.enumerated()
      where choice.value > 0 && choice.role != .shape {
        let position = Lifetime.Position(record: record, choice: index)
        if let group = groupOfChoice[choice] {
          groups[group].append(position)
        } else {
          groupOfChoice[choice] = groups.count
          groups.append([position])
        }
      }
    }
    return groups.filter { $0.count > 1 }
  }

  private static func lower(_ group: [Lifetime.Position], _ context: inout ShrinkContext) {
    func value(_ context: ShrinkContext) -> UInt64? {
      let values = group.map { context.best.value($0.record, $0.choice) }
      return values.allSatisfy { $0 == values[0] } ? values[0] : nil
    }
    func set(_ context: inout ShrinkContext, _ value: UInt64) -> Bool {
      var candidate = context.best
      for place in group {
        guard candidate.value(place.record, place.choice) != nil else { return false }
        candidate.records[place.record].choices[place.choice].value = value
      }
      return context.attempt(candidate)
    }
    guard let start = value(context), start > 0 else { return }
    context.descend(from: start, carefully: true, set)
  }
}

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
  fileprivate mutating func forEachPair(
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
  fileprivate mutating func shift(
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

extension ShrinkPass {
  /// Makes the first of two numbers smaller and the second larger, so that their sum stays.
  public static let redistribute = ShrinkPass("redistribute", .thorough) { context in
    context.forEachPair(least: 0) { context, first, second in
      context.shift(first, with: second, factor: -1)
    }
  }
}

extension ShrinkPass {
  /// Sets a choice of the configuration to 0 and a number of a command to a lower power of two, or
  /// one more: on a smaller machine a smaller number shows the same.
  public static let lowerWithConfiguration = ShrinkPass("lower with the configuration", .thorough) {
    context in
    guard context.best.length > 0 else { return }
    for choice in 0..<context.best.choiceCount(0) where context.best.value(0, choice) ?? 0 > 0 {
      let start = context.best.setting(0, choice, to: 0)
      for place in start.plainPlaces {
        let value = start.value(place.record, place.choice) ?? 0
        for exponent in 0..<UInt64(64 - value.leadingZeroBitCount) {
          for lower in [1 << exponent, (1 << exponent) + 1] as [UInt64] where lower < value {
            if context.attempt(start.setting(place.record, place.choice, to: lower)) { return }
          }
        }
      }
    }
  }
}

extension ShrinkPass {
  /// Sets a number of a command to 0 and a later one, of another kind, to a power of two instead.
  ///
  /// What an alignment did a size may do as well.
  public static let exchange = ShrinkPass("exchange", .thorough) { context in
    guard context.best.length > 0 else { return }
    let places = context.best.plainPlaces
    for first in places where context.best.value(first.record, first.choice) ?? 0 > 0 {
      for second in places
      where second.record == first.record && second.choice > first.choice
        && context.best[second]?.bound != context.best[first]?.bound
      {
        for exponent in 0..<24 as Range<UInt64> {
          guard let choice = context.best[second]?.choosing(1 << Int128(exponent)) else { break }
          let candidate = context.best.setting(first.record, first.choice, to: 0)
          if context.attempt(candidate.setting(second.record, second.choice, to: choice.value)) {
            return
          }
        }
      }
    }
  }
}
