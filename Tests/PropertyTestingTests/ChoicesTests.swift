import PropertyTesting
import Testing

/// A grammar that asks for a bit of everything.
func drawEverything(_ choices: inout Choices) {
  _ = choices.record(bytes: 3) { ($0.integer(below: 5), $0.flag()) }
  while choices.hasMoreRecords() {
    choices.record(bytes: 12) { choices in
      switch choices.index(weights: [3, 2, 1]) {
      case 0:
        _ = choices.magnitude { $0.edgeBiased(upTo: .max, unit: 4096) }
        _ = choices.integer(below: 300, role: .defines(0))
      case 1:
        _ = choices.integer(below: 8, role: .ends(0))
        // These do not all fit into the width.
        _ = choices.bits(64)
        _ = choices.bits(30)
        _ = choices.bits(7)
      default:
        break
      }
    }
  }
}

@Suite("Choices")
struct ChoicesTests {
  @Test("The random numbers are those of the published generator")
  func pinnedNumbers() {
    var numbers = RandomNumbers(seed: 0)
    // xoshiro256** after four steps of SplitMix64 from 0.
    #expect(
      (0..<4).map { _ in numbers.next() } == [
        0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0, 0x6aa5_94f1_262d_2d2c,
      ])
  }

  @Test("Bounded numbers keep their bound and reach every value")
  func bounds() {
    var numbers = RandomNumbers(seed: 1)
    for bound in 1...20 as ClosedRange<UInt64> {
      var counts = [Int](repeating: 0, count: Int(bound))
      for _ in 0..<400 { counts[Int(numbers.next(below: bound))] += 1 }
      #expect(counts.allSatisfy { $0 > 0 })
    }
  }

  @Test(
    "Edge-biased numbers keep their maximum and reach the edges",
    arguments: [0, 1, 7, 4097, 1 << 40, UInt64.max])
  func edges(maximum: UInt64) {
    var numbers = RandomNumbers(seed: 3)
    var drawn: Set<UInt64> = []
    for _ in 0..<5000 {
      let number = numbers.edgeBiased(upTo: maximum, unit: 4096)
      #expect(number <= maximum)
      drawn.insert(number)
    }
    for edge: UInt64 in [0, 1, 3, 4, 5, 4095, 4096, 4097, 8191, 12289] where edge <= maximum {
      #expect(drawn.contains(edge), "\(edge) was never drawn")
    }
  }

  @Test("A seed gives the same case every time, with and without recording")
  func seeds() {
    func values(_ choices: inout Choices) -> [UInt64] {
      var values = [choices.record(bytes: 1) { $0.integer(below: 256) }]
      while choices.hasMoreRecords() {
        values.append(choices.record(bytes: 4) { $0.magnitude { $0.edgeBiased(upTo: 1 << 20) } })
      }
      return values
    }
    for seed in 0..<50 as Range<UInt64> {
      var plain = Choices(seed: seed, maximumLength: 9)
      var recording = Choices(seed: seed, maximumLength: 9, recording: true)
      let drawn = values(&plain)
      let recorded = values(&recording)
      #expect(drawn == recorded)
      #expect(drawn == recording.recorded.records.map { $0.choices[0].value })
      #expect((1...9).contains(recording.recorded.length))
    }
    var choices = Choices(seed: 42, maximumLength: 9)
    let pinned = values(&choices)
    #expect(pinned == [97, 524_288])
  }

  @Test("Replaying a recorded case records the same case")
  func replay() {
    for seed in 0..<100 as Range<UInt64> {
      var choices = Choices(seed: seed, maximumLength: 30, recording: true)
      drawEverything(&choices)
      var again = Choices(replaying: choices.recorded)
      drawEverything(&again)
      #expect(again.recorded == choices.recorded)
    }
  }

  @Test("Replay keeps values within their bounds and takes 0 for what is missing")
  func clamping() {
    let testCase = TestCase(records: [
      Record(width: 1, choices: [Choice(value: 99)]), Record(width: 1),
    ])
    var choices = Choices(replaying: testCase)
    let clamped = choices.record(bytes: 1) { $0.integer(below: 10) }
    #expect(clamped == 9)
    let hasSecond = choices.hasMoreRecords()
    #expect(hasSecond)
    let missing = choices.record(bytes: 1) { $0.integer(below: 10) }
    #expect(missing == 0)
    let hasThird = choices.hasMoreRecords()
    #expect(!hasThird)
    let beyond = choices.record(bytes: 1) { $0.magnitude { _ in 7 } }
    #expect(beyond == 0)
  }

  @Test("Alternatives of weight 0 are never drawn at random, others as often as they weigh")
  func weights() {
    var counts = [0, 0, 0]
    var choices = Choices(seed: 5, maximumLength: 1)
    for _ in 0..<4000 { counts[choices.index(weights: [1, 0, 3])] += 1 }
    #expect(counts[1] == 0)
    #expect((2800...3200).contains(counts[2]))
  }

  @Test("A bias is drawn at random only, and is not recorded")
  func bias() {
    var random = Choices(seed: 1, maximumLength: 1, recording: true)
    let drawn = random.bias(otherwise: 1) { _ in 2 }
    #expect(drawn == 2)
    #expect(random.recorded.records.isEmpty)
    var replay = Choices(replaying: TestCase())
    let standard = replay.bias(otherwise: 1) { _ in 2 }
    #expect(standard == 1)
  }
}
