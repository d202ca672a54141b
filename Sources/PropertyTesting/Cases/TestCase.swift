/// The choices of one record: the configuration or one command.
public struct Record: Hashable, Sendable {
  /// The number of bytes the record takes in a byte string.
  public let width: Int
  /// What was chosen, in the order it was asked for.
  public var choices: [Choice]

  /// Makes a record.
  public init(width: Int, choices: [Choice] = []) {
    self.width = width
    self.choices = choices
  }
}

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

/// Simpler cases come first: fewer records, then lower commands, then a lower configuration.
///
/// Commands compare by their values, lexicographically, one record after the other. Bounds, roles
/// and forms do not count: they follow from the values.
extension TestCase: Comparable {
  public static func < (left: TestCase, right: TestCase) -> Bool {
    guard left.records.count == right.records.count else {
      return left.records.count < right.records.count
    }
    for position in left.commands {
      let order = left.records[position].compare(right.records[position])
      if order != 0 { return order < 0 }
    }
    return !left.records.isEmpty && left.records[0].compare(right.records[0]) < 0
  }
}

extension Record {
  /// Negative if this record is simpler than the other, 0 if the values are the same.
  func compare(_ other: Record) -> Int {
    for (mine, its) in zip(choices, other.choices) where mine.value != its.value {
      return mine.value < its.value ? -1 : 1
    }
    return choices.count - other.choices.count
  }
}
