import PropertyTesting

extension Challenge {
  /// Putting a key leaves the values of all other keys as they are; a map compares by hash alone.
  static func hashCollision(modulus: UInt64) -> Challenge {
    Challenge(
      "hash collision \(modulus)", minima: ["[put(0, 0), put(\(modulus), 1)]"],
      published: modulus == 10 ? "220.8 Exhaust" : modulus == 100 ? "298.1 Hegel" : "348.1 Hegel",
      property: { Property(maximumLength: 50) { play(&$0, modulus: modulus) } },
      text: { testCase in
        let puts = testCase.commands.map { record in
          let values = testCase.records[record].choices.map(\.value)
          return "put(\(values[0]), \(values[1]))"
        }
        return "[\(puts.joined(separator: ", "))]"
      })
  }

  private static func play(_ choices: inout Choices, modulus: UInt64) -> Falsified? {
    var map: [(key: UInt64, value: UInt64)] = []
    var keys: Set<UInt64> = []
    func value(of key: UInt64) -> UInt64? {
      map.first { $0.key % modulus == key % modulus }?.value
    }
    choices.record(bytes: 1) { _ in }
    while choices.hasMoreRecords() {
      let (key, new) = choices.record(bytes: 8) { choices in
        (choices.integer(below: 10 * modulus), choices.integer(below: 10))
      }
      let others = keys.subtracting([key]).sorted()
      let before = others.map { value(of: $0) }
      if let entry = map.firstIndex(where: { $0.key % modulus == key % modulus }) {
        map[entry].value = new
      } else {
        map.append((key, new))
      }
      keys.insert(key)
      if others.map({ value(of: $0) }) != before { return Falsified() }
    }
    return nil
  }
}
