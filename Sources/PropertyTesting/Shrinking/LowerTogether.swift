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
