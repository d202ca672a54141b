/// A test as what was chosen for it: first the configuration, then one record a command.
public struct TestCase: Hashable, Sendable {
  /// All records; the first is the configuration.
  public var records: [Record]

  /// Makes a case of records.
  public init(records: [Record] = []) {
    self.records = records
  }

  /// The number of commands.
  public var length: Int { max(0, records.count - 1) }

  /// The positions of the commands among the records.
  public var commands: Range<Int> { min(1, records.count)..<records.count }
}

// MARK: - Order

/// Simpler cases come first: fewer commands, then the shortlex order of what was chosen for them
/// (fewer choices, then lower ones), then that of the configuration.
///
/// Below any case there are only so many others, so shrinking ends. Bounds, roles, forms and spans
/// do not count: they follow from the values.
extension TestCase: Comparable {
  public static func < (left: TestCase, right: TestCase) -> Bool {
    guard left.records.count == right.records.count else {
      return left.records.count < right.records.count
    }
    let (leftCount, rightCount) = (left.commandChoiceCount, right.commandChoiceCount)
    guard leftCount == rightCount else { return leftCount < rightCount }
    for position in left.commands {
      let order = left.records[position].compare(right.records[position])
      if order != 0 { return order < 0 }
    }
    guard let mine = left.records.first, let its = right.records.first else { return false }
    let order = mine.choices.count - its.choices.count
    return order != 0 ? order < 0 : mine.compare(its) < 0
  }

  /// The number of choices made for the commands.
  private var commandChoiceCount: Int {
    commands.reduce(0) { $0 + records[$1].choices.count }
  }
}
