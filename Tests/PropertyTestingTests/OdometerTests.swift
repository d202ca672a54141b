import PropertyTesting
import Testing

@Suite("The odometer")
struct OdometerTests {
  /// A grammar whose later choices depend on earlier ones.
  private static func values(_ choices: inout Choices) -> [UInt64] {
    var values = [choices.record(bytes: 1) { $0.integer(below: 2) }]
    while choices.hasMoreRecords() {
      values += choices.record(bytes: 4) { choices in
        let kind = choices.integer(below: 3)
        return [kind] + (0..<kind).map { _ in choices.integer(below: kind + 1) }
      }
    }
    return values
  }

  private static func all(_ length: Int) -> [[UInt64]] {
    var odometer = Odometer(length: length)
    var result: [[UInt64]] = []
    while let next = odometer.turn({ Self.values(&$0) }) { result.append(next) }
    return result
  }

  @Test("It gives every case once, in order", arguments: 0...3)
  func complete(length: Int) {
    let cases = Self.all(length)
    // A command has kind 0, kind 1 with one of 2 values, or kind 2 with two of 3 values.
    let commands = 1 + 2 + 9
    var expected = 2
    for _ in 0..<length { expected *= commands }
    #expect(cases.count == expected)
    #expect(Set(cases).count == expected)
    #expect(zip(cases, cases.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
  }

  @Test("Skipping passes over exactly the cases that begin alike")
  func skip() {
    var odometer = Odometer(length: 2)
    var seen: [[UInt64]] = []
    while let next = odometer.turn({ Self.values(&$0) }) {
      seen.append(next)
      // Behind a first command of kind 1 nothing matters.
      if next[1] == 1 { odometer.skip(keeping: 1) }
    }
    let all = Self.all(2)
    var expected: [[UInt64]] = []
    for next in all where next[1] != 1 || expected.last.map({ $0[0...2] != next[0...2] }) ?? true {
      expected.append(next)
    }
    #expect(seen == expected)
    #expect(seen.count < all.count)
  }

  @Test("Spending the last choice passes over exactly the cases in which it is higher")
  func spend() {
    var odometer = Odometer(length: 2)
    var seen: [[UInt64]] = []
    while let next = odometer.turn({ Self.values(&$0) }) {
      seen.append(next)
      // Behind a first command of kind 2 nothing matters, and its last choice does not either.
      if next[1] == 2 { odometer.skip(keeping: 1, spendingLastChoice: true) }
    }
    var expected: [[UInt64]] = []
    for next in Self.all(2) {
      let isNew = expected.last.map { $0[0...2] != next[0...2] } ?? true
      if next[1] != 2 || isNew { expected.append(next) }
    }
    #expect(seen == expected)
  }

  @Test("A turn's case makes the same choices again")
  func testCase() {
    var odometer = Odometer(length: 2)
    while let next = odometer.turn({ Self.values(&$0) }) {
      var choices = Choices(replaying: odometer.testCase)
      #expect(odometer.testCase.length == 2)
      #expect(Self.values(&choices) == next)
    }
  }

  @Test("A case that is discarded is one of the cases")
  func discards() {
    let odd = Generator<UInt64>.uniform(in: 0...9).filter { $0 % 2 == 1 }
    var odometer = Odometer(length: 0)
    var (values, discarded): ([UInt64], Int) = ([], 0)
    while true {
      do throws(Discard) {
        let value = try odometer.turn { (choices) throws(Discard) in
          try choices.record { (choices) throws(Discard) in try odd.draw(from: &choices) }
        }
        guard let value else { break }
        values.append(value)
      } catch {
        discarded += 1
      }
    }
    #expect(values == [1, 3, 5, 7, 9])
    #expect(discarded == 5)
  }

  @Test("What was never asked for is not counted")
  func lazily() {
    var odometer = Odometer(length: 5)
    var cases = 0
    while odometer.turn({ choices in _ = choices.record(bytes: 1) { $0.integer(below: 7) } }) != nil
    {
      cases += 1
    }
    #expect(cases == 7)
  }
}
