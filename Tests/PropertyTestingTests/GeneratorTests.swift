import PropertyTesting
import Testing

/// A generator, with what all of its values must be; a small one can be counted through.
private struct Subject: CustomTestStringConvertible {
  let testDescription: String
  /// How many values there are, where they are few.
  let count: Int?
  /// Draws a value; answers it as text and whether it is valid, `nil` if it is discarded.
  let draw: @Sendable (inout Choices) -> (text: String, isValid: Bool)?

  init<Value>(
    _ name: String, _ values: Generator<Value>, count: Int? = nil,
    isValid: @escaping @Sendable (Value) -> Bool
  ) {
    testDescription = name
    self.count = count
    draw = { choices in
      let value = try? choices.record { choices throws(Discard) in try values.draw(from: &choices) }
      return value.map { ("\($0)", isValid($0)) }
    }
  }

  static let all = [
    Subject("integers", Generator<Int64>.integer) { _ in true },
    Subject("integers of a range", Generator<Int>.integer(in: -3...4), count: 8) {
      (-3...4).contains($0)
    },
    Subject("negative integers", Generator<Int8>.integer(in: -128 ... -100), count: 29) {
      $0 <= -100
    },
    Subject("large integers", Generator<UInt64>.integer(in: 1 << 63 ... .max)) { $0 >= 1 << 63 },
    Subject("uniform integers", Generator<UInt16>.uniform(in: 7...12), count: 6) {
      (7...12).contains($0)
    },
    Subject("one number", Generator<Int>.uniform(in: 5...5), count: 1) { $0 == 5 },
    Subject("flags", Generator.bool(), count: 2) { _ in true },
    Subject("elements", Generator<String>.element(of: ["a", "b", "c"]), count: 3) {
      ["a", "b", "c"].contains($0)
    },
    Subject("optionals", Generator.bool().optional, count: 3) { _ in true },
    Subject("arrays", Generator<Int>.uniform(in: 0...1).array(count: 1...3), count: 14) {
      (1...3).contains($0.count) && $0.allSatisfy { (0...1).contains($0) }
    },
    Subject("arrays of one length", Generator.bool().array(count: 3...3), count: 8) {
      $0.count == 3
    },
    Subject("long arrays", Generator<Int64>.integer.array(count: 2...40)) {
      (2...40).contains($0.count)
    },
    Subject(
      "alternatives", Generator<Int>.oneOf(.just(1), .uniform(in: 5...6)), count: 3
    ) { [1, 5, 6].contains($0) },
    Subject("even numbers", Generator<Int>.uniform(in: 0...9).filter { $0 % 2 == 0 }, count: 5) {
      $0 % 2 == 0 && (0...9).contains($0)
    },
    Subject(
      "pairs in order",
      Generator<Int>.uniform(in: 0...3).flatMap { low in
        Generator<Int>.uniform(in: low...3).map { (low, $0) }
      }, count: 10
    ) { $0.0 <= $0.1 && $0.1 <= 3 },
    Subject(
      "nested arrays",
      Generator<Int>.recursive(.just(0), depth: 2) { part in
        part.array(count: 0...2).map { $0.count }
      }
    ) { (0...2).contains($0) },
    Subject("slots", SlotSpace(1, slots: 3).uses, count: 3) { (0..<3).contains($0.number) },
  ]
}

@Suite("Generators")
struct GeneratorTests {
  @Test("Every random value is valid, and a replay makes it again", arguments: Subject.all)
  fileprivate func random(subject: Subject) {
    for seed in 0..<200 as Range<UInt64> {
      var choices = Choices(seed: seed, maximumLength: 1, recording: true)
      let value = subject.draw(&choices)
      #expect(value?.isValid != false, "\(value?.text ?? "")")
      var again = Choices(replaying: choices.recorded)
      #expect(subject.draw(&again)?.text == value?.text)
      #expect(again.recorded == choices.recorded)
    }
  }

  @Test(
    "Every byte string makes a valid value, and its encoding makes it again", arguments: Subject.all
  )
  fileprivate func bytes(subject: Subject) {
    var numbers = RandomNumbers(seed: 4)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      var choices = Choices(bytes: bytes, recording: true)
      let value = subject.draw(&choices)
      #expect(value?.isValid != false, "\(value?.text ?? "")")
      let encoded = choices.recorded.encoded()
      #expect(encoded.isExact)
      var again = Choices(bytes: encoded.bytes, recording: true)
      #expect(subject.draw(&again)?.text == value?.text)
      #expect(again.recorded == choices.recorded)
      #expect(again.recorded.encoded() == encoded)
    }
  }

  @Test("A case in which anything is damaged makes a valid value", arguments: Subject.all)
  fileprivate func damaged(subject: Subject) {
    var numbers = RandomNumbers(seed: 5)
    for seed in 0..<100 as Range<UInt64> {
      var choices = Choices(seed: seed, maximumLength: 1, recording: true)
      _ = subject.draw(&choices)
      var damaged = choices.recorded
      for index in damaged.records[0].choices.indices where numbers.chance(1, outOf: 3) {
        damaged.records[0].choices[index].value = numbers.next()
      }
      var again = Choices(replaying: damaged)
      let value = subject.draw(&again)
      #expect(value?.isValid != false, "\(value?.text ?? "")")
    }
  }

  @Test(
    "An odometer makes every value once, all valid",
    arguments: Subject.all.filter { $0.count != nil })
  fileprivate func odometer(subject: Subject) {
    var odometer = Odometer(length: 0)
    var texts: [String] = []
    while let turned = odometer.turn({ subject.draw(&$0).map { [$0] } ?? [] }) {
      guard let value = turned.first else { continue }
      #expect(value.isValid, "\(value.text)")
      texts.append(value.text)
    }
    #expect(texts.count == subject.count)
    #expect(Set(texts).count == texts.count)
  }

  @Test("The lowest choices make the simplest value, and it is valid", arguments: Subject.all)
  fileprivate func simplest(subject: Subject) {
    var choices = Choices(replaying: TestCase(records: [Record(width: nil)]))
    let value = subject.draw(&choices)
    #expect(value?.isValid == true, "\(value?.text ?? "")")
    #expect(choices.recorded.records[0].choices.allSatisfy { $0.value == 0 })
  }

  @Test("Both ends of a range are drawn soon")
  func ends() {
    func draws<Value: FixedWidthInteger & Sendable>(_ range: ClosedRange<Value>) -> Set<Value> {
      let numbers = Generator<Value>.integer(in: range)
      return Set(
        (0..<2000 as Range<UInt64>).compactMap { seed in
          var choices = Choices(seed: seed, maximumLength: 1)
          return try? choices.record { (choices) throws(Discard) in
            try numbers.draw(from: &choices)
          }
        })
    }
    #expect(draws(Int.min...Int.max).isSuperset(of: [.min, .min + 1, -1, 0, 1, .max - 1, .max]))
    #expect(draws(UInt64.min...UInt64.max).isSuperset(of: [0, 1, .max - 1, .max]))
    #expect(draws(1000...2000 as ClosedRange<Int>).isSuperset(of: [1000, 1001, 1999, 2000]))
    #expect(draws(-5 ... -5 as ClosedRange<Int8>) == [-5])
  }
}
