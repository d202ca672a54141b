import PropertyTesting
import Testing

/// A list of numbers, one record each, after an empty configuration.
func drawList(_ choices: inout Choices, below bound: UInt64) -> [UInt64] {
  choices.record(bytes: 1) { _ in }
  var list: [UInt64] = []
  while choices.hasMoreRecords() {
    list.append(choices.record(bytes: 8) { $0.integer(below: bound) })
  }
  return list
}

/// Rows of jlink/shrinking-challenge whose inputs are plain lists.
@Suite("Shrinking challenges")
struct ChallengeTests {
  func minima(
    below bound: UInt64, _ fails: @escaping ([UInt64]) -> Bool
  ) throws -> Set<[UInt64]> {
    let property = Property<Bool>(maximumLength: 20) {
      fails(drawList(&$0, below: bound)) ? true : nil
    }
    var minima: Set<[UInt64]> = []
    for seed in 1...50 as ClosedRange<UInt64> {
      let finding = try #require(property.firstFinding(in: (seed * 1000)..<(seed * 1000 + 1000)))
      let result = try #require(property.shrink(finding))
      minima.insert(result.testCase.records.dropFirst().map { $0.choices[0].value })
    }
    return minima
  }

  @Test("reverse: a list that differs from its reverse")
  func reverse() throws {
    #expect(try minima(below: 0) { $0 != $0.reversed() } == [[0, 1]])
  }

  @Test("length list: a maximum of at least 900")
  func lengthList() throws {
    #expect(try minima(below: 1001) { ($0.max() ?? 0) >= 900 } == [[900]])
  }

  @Test("distinct: at least three distinct elements")
  func distinct() throws {
    #expect(try minima(below: 0) { Set($0).count >= 3 } == [[0, 1, 2]])
  }

  @Test("deletion: an element that is still there after its first occurrence was removed")
  func deletion() throws {
    #expect(try minima(below: 10) { Set($0).count < $0.count } == [[0, 0]])
  }
}
