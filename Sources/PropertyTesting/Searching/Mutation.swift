/// A change of a kept case, in whole records; the grammar consumes what comes of it once more.
enum Mutation: CaseIterable {
  /// Keeps a prefix and goes on at random.
  case extend
  /// Draws some records anew in the middle, before the rest.
  case insert
  /// Draws some records anew in the place of others.
  case replace
  /// Goes on as another kept case does.
  case splice
  /// Does the same in the configuration of another kept case.
  case move
  case delete
  case duplicate
  case swap
  /// Has one command ask for what another asks for, each of its own slots.
  case transplant
  /// Deletes what was created, its uses and its end, all as one.
  case erase
  /// Puts one value on an edge, or beside where it was.
  case tweak

  /// How often each is drawn by a search that goes on at random as soon as nothing is built upon.
  static let searching: Weights = [6, 3, 3, 2, 2, 1, 2, 2, 2, 0, 0]
  /// How often each is drawn where all that is new comes from mutations.
  static let fuzzing: Weights = [4, 4, 4, 3, 1, 2, 2, 2, 2, 2, 6]

  static func draw(_ numbers: inout RandomNumbers, _ weights: Weights) -> Mutation {
    allCases[Int(truncatingIfNeeded: weights.draw(&numbers))]
  }

  /// The choices of the changed case.
  ///
  /// - Parameters:
  ///   - other: another kept case, for those that take something from one.
  ///   - maximumLength: the most commands it has.
  func choices(
    from base: TestCase, and other: TestCase, atMost maximumLength: Int,
    _ numbers: inout RandomNumbers
  ) -> Choices {
    var edited = base
    var position = edited.records.count
    var drawn = 0
    switch self {
    case .extend:
      // Half of the time all of it: what is deep was hard to reach.
      if numbers.chance(1, outOf: 2) { position = edited.place(&numbers) }
      edited.records.removeSubrange(position...)
      drawn = 1 + numbers.index(below: max(maximumLength - edited.length, 1))
    case .insert:
      position = edited.place(&numbers)
      drawn = min(1 + numbers.index(below: 4), maximumLength)
    case .replace:
      position = edited.place(&numbers)
      drawn = min(1 + numbers.index(below: 4), maximumLength)
      edited.records.removeSubrange(position..<min(position + drawn, edited.records.count))
    case .splice:
      edited.records.removeSubrange(edited.place(&numbers)...)
      edited.records += other.records[other.place(&numbers)...]
    case .move:
      if !edited.records.isEmpty, let first = other.records.first { edited.records[0] = first }
    case .delete, .duplicate, .swap, .transplant: edited.rearrange(self, &numbers)
    case .erase: edited.eraseLifetime(&numbers)
    case .tweak: edited.tweak(&numbers)
    }
    edited.records.truncate(to: maximumLength - drawn + 1)
    position = min(position, edited.records.count)
    return Choices(inserting: drawn, into: edited, at: position, seed: numbers.next())
  }
}

extension TestCase {
  /// A position among the commands, or behind the last of them.
  fileprivate func place(_ numbers: inout RandomNumbers) -> Int {
    min(1, records.count) + numbers.index(below: length + 1)
  }

  /// Changes which commands there are, and in which order, without drawing any.
  fileprivate mutating func rearrange(_ mutation: Mutation, _ numbers: inout RandomNumbers) {
    guard length > 0 else { return }
    let start = 1 + numbers.index(below: length)
    let end = min(start + 1 + numbers.index(below: 4), records.count)
    let place = 1 + numbers.index(below: length)
    switch mutation {
    case .delete: records.removeSubrange(start..<end)
    case .duplicate: records.insert(contentsOf: records[start..<end], at: place)
    case .swap: records.swapAt(start, place)
    default: self = copyingPlainValues(from: place, to: start) ?? self
    }
  }
}

extension TestCase {
  /// Deletes what has to do with one thing that was created.
  fileprivate mutating func eraseLifetime(_ numbers: inout RandomNumbers) {
    let lifetimes = lifetimes()
    guard !lifetimes.isEmpty else { return }
    self = removing(lifetimes[numbers.index(below: lifetimes.count)].records)
  }

  /// Changes one value a little, or to an edge; now and then that of the configuration.
  fileprivate mutating func tweak(_ numbers: inout RandomNumbers) {
    guard !records.isEmpty else { return }
    let isInCommand = length > 0 && !numbers.chance(1, outOf: 4)
    let record = isInCommand ? 1 + numbers.index(below: length) : 0
    guard !records[record].choices.isEmpty else { return }
    let place = numbers.index(below: records[record].choices.count)
    let choice = records[record].choices[place]
    let most = choice.bound &- 1
    let value =
      switch numbers.next(below: 4) {
      case 0: choice.value == most ? 0 : choice.value &+ 1
      case 1: choice.value == 0 ? most : choice.value &- 1
      case 2: numbers.edgeBiased(upTo: most)
      // Of its own size, or of a page's: what is much larger is refused as a rule.
      default: numbers.edgeBiased(upTo: min(most, max(choice.value, 1 << 14)), unit: 4096)
      }
    records[record].choices[place].value = value
  }
}

extension Choices {
  /// The choices of a case with one mutation, which the seed says; the grammar consumes them as any
  /// others.
  ///
  /// - Parameters:
  ///   - other: a case to take something from.
  ///   - maximumLength: the most commands, at least 1.
  public init(
    mutating testCase: TestCase, with other: TestCase, maximumLength: Int, seed: UInt64
  ) {
    precondition(maximumLength > 0, "a program has at least one command")
    var numbers = RandomNumbers(seed: seed)
    let mutation = Mutation.draw(&numbers, Mutation.fuzzing)
    self = mutation.choices(from: testCase, and: other, atMost: maximumLength, &numbers)
  }
}

extension [Record] {
  fileprivate mutating func truncate(to length: Int) {
    if count > length { removeSubrange(length...) }
  }
}
