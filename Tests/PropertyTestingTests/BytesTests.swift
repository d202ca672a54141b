import PropertyTesting
import Testing

@Suite("Bytes")
struct BytesTests {
  static func decode(_ bytes: [UInt8]) -> TestCase {
    var choices = Choices(bytes: bytes, recording: true)
    drawEverything(&choices)
    return choices.recorded
  }

  @Test("Every byte string is a program, and its encoding is a fixed point")
  func total() {
    var numbers = RandomNumbers(seed: 11)
    for length in 0..<400 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      let testCase = Self.decode(bytes)
      #expect(testCase.length == max(0, (length - 3 + 11) / 12))
      let encoded = testCase.encoded()
      #expect(encoded.isExact)
      #expect(encoded.bytes.count == 3 + 12 * testCase.length)
      #expect(Self.decode(encoded.bytes) == testCase)
      #expect(Self.decode(encoded.bytes).encoded() == encoded)
    }
  }

  @Test("Damaging one record leaves all others as they were")
  func damage() {
    let bytes = (0..<123).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let testCase = Self.decode(bytes)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 0x5a
      let other = Self.decode(damaged)
      let record = position < 3 ? 0 : 1 + (position - 3) / 12
      for index in testCase.records.indices where index != record {
        #expect(other.records[index] == testCase.records[index])
      }
    }
  }

  @Test("Random cases of representable magnitudes survive the way through bytes")
  func roundTrip() {
    var exact = 0
    for seed in 0..<200 as Range<UInt64> {
      var choices = Choices(seed: seed, maximumLength: 4, recording: true)
      drawEverything(&choices)
      let encoded = choices.recorded.encoded()
      #expect((Self.decode(encoded.bytes) == choices.recorded) == encoded.isExact)
      #expect(Self.decode(encoded.bytes).encoded().isExact)
      if encoded.isExact { exact += 1 }
    }
    #expect(exact > 20)
  }

  @Test("Small numbers and all neighbours of powers of two have an encoding")
  func magnitudes() {
    for value in 0..<5000 as Range<UInt64> {
      #expect(Magnitude(exactly: value)?.word == UInt32(value))
    }
    for exponent in 0..<64 as Range<UInt64> {
      for step: UInt64 in [0, 1, 0 &- 1] {
        let value = (1 << exponent) &+ step
        #expect(Magnitude(exactly: value)?.value == value)
      }
    }
    #expect(Magnitude(exactly: .max)?.value == .max)
  }

  @Test("Every word has a canonical word of the same value, and others are rounded down")
  func canonicalWords() {
    var numbers = RandomNumbers(seed: 2)
    for _ in 0..<5000 {
      let value = Magnitude(word: UInt32(truncatingIfNeeded: numbers.next())).value
      let canonical = Magnitude(exactly: value)
      #expect(canonical?.value == value)
      let any = numbers.next()
      #expect(Magnitude(roundingDown: any).value <= any)
      #expect(any - Magnitude(roundingDown: any).value < 1 << 40)
    }
  }
}
