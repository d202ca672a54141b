extension TestCase {
  /// The number of choices of a record, 0 if there is no such record.
  func choiceCount(_ record: Int) -> Int {
    records.indices.contains(record) ? records[record].choices.count : 0
  }

  /// The value of a choice, if there is such a choice.
  func value(_ record: Int, _ choice: Int) -> UInt64? {
    guard records.indices.contains(record), records[record].choices.indices.contains(choice) else {
      return nil
    }
    return records[record].choices[choice].value
  }

  /// The same case with another value for one choice.
  func setting(_ record: Int, _ choice: Int, to value: UInt64) -> TestCase {
    var result = self
    result.records[record].choices[choice].value = value
    return result
  }

  /// The same case without some of its records.
  func removing(_ positions: some Sequence<Int>) -> TestCase {
    var isKept = [Bool](repeating: true, count: records.count)
    for position in positions { isKept[position] = false }
    return TestCase(records: records.indices.filter { isKept[$0] }.map { records[$0] })
  }

  /// The same case with one record moved to where another stands.
  func moving(_ position: Int, to target: Int) -> TestCase {
    var result = self
    let record = result.records.remove(at: position)
    result.records.insert(record, at: target)
    return result
  }

  /// The same case with one command doing to its slots what another does; `nil` if they differ in
  /// the roles of their choices.
  func copyingPlainValues(from source: Int, to target: Int) -> TestCase? {
    guard records.indices.contains(source), records.indices.contains(target) else { return nil }
    let (from, to) = (records[source].choices, records[target].choices)
    guard from.map(\.role) == to.map(\.role) else { return nil }
    var result = self
    for choice in to.indices where to[choice].role.space == nil {
      result.records[target].choices[choice].value = from[choice].value
    }
    return result
  }

  /// The values alone, each record after its length: two cases with the same key are one test.
  public var key: [UInt64] {
    var key: [UInt64] = []
    key.reserveCapacity(records.reduce(0) { $0 + 1 + $1.choices.count })
    for record in records {
      key.append(UInt64(record.choices.count))
      for choice in record.choices { key.append(choice.value) }
    }
    return key
  }

  /// The case that has a key, as far as a grammar needs it to make the same choices again; `nil`
  /// where no case has it.
  public init?(key: some Sequence<UInt64>) {
    self.init()
    var missing = 0
    for word in key {
      if missing > 0 {
        records[records.count - 1].choices.append(Choice(value: word))
        missing -= 1
      } else {
        guard let count = Int(exactly: word) else { return nil }
        records.append(Record(width: nil))
        missing = count
      }
    }
    guard missing == 0 else { return nil }
  }
}
