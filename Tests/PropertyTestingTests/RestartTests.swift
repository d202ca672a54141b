import PropertyTesting
import Testing

@Suite("Restarts and minima")
struct RestartTests {
  /// Fails where the numbers of all commands add up to a multiple of ten that is not 0.
  private static var property: Property<String> {
    Property(maximumLength: 8) { choices in
      choices.record(bytes: 1) { _ in }
      var sum: UInt64 = 0
      while choices.hasMoreRecords() {
        sum += choices.record(bytes: 1) { $0.integer(below: 11) }
      }
      return sum > 0 && sum % 10 == 0 ? "ten" : nil
    }
  }

  private static var start: FailingCase<String> {
    FailingCase(testCase: makeCase([], [2], [2], [2], [2], [2]), fingerprint: "ten")
  }

  /// Deletes single commands only, which loses the sum.
  private static let weak = Shrinker(passes: [.deleteRecords])

  @Test("Another start that fails alike leads to a simpler case, and all runs are counted")
  func others() throws {
    let other = makeCase([], [7], [3])
    var asked = 0
    let others = [nil, other, makeCase([], [10])].lazy.map { testCase -> TestCase? in
      asked += 1
      return testCase
    }
    let alone = try #require(Self.property.shrink(Self.start, with: Self.weak))
    #expect(alone.testCase == Self.property.evaluate(Self.start.testCase).testCase)
    let second = try #require(
      Self.property.shrink(FailingCase(testCase: other, fingerprint: "ten"), with: Self.weak))
    let best = try #require(
      Self.weak.shrink(
        Self.start.testCase, keeping: "ten", restarts: Restarts(2), others: others,
        evaluate: Self.property.evaluate))
    #expect(best.testCase.records.map { $0.choices.map(\.value) } == [[], [7], [3]])
    // The third is not asked for: two commands are short enough.
    #expect(asked == 2)
    #expect(best.evaluations == alone.evaluations + second.evaluations + asked)
  }

  @Test("What is proposed is gone on from until nothing is, and counted")
  func proposals() throws {
    let alone = try #require(Self.property.shrink(Self.start, with: Self.weak))
    var seen: [Int] = []
    let best = try #require(
      Self.weak.shrink(
        Self.start.testCase, keeping: "ten", restarts: Restarts(0), others: [],
        propose: { best in
          seen.append(best.length)
          switch best.length {
          case 5: return .init(makeCase([], [8], [2]), tried: 100)
          case 2: return .init(makeCase([], [10]), tried: 1000)
          default: return .init(nil, tried: 10_000)
          }
        }, evaluate: Self.property.evaluate))
    #expect(seen == [5, 2, 1])
    #expect(best.testCase.length == 1)
    #expect(best.evaluations > alone.evaluations + 11_100)
  }

  @Test("A proposal that does not fail alike, or is no simpler, ends the search")
  func vain() throws {
    for proposal in [makeCase([], [9]), Self.start.testCase] {
      var asked = 0
      let best = try #require(
        Self.weak.shrink(
          Self.start.testCase, keeping: "ten", restarts: Restarts(0), others: [],
          propose: { _ in
            asked += 1
            return .init(proposal, tried: 1)
          }, evaluate: Self.property.evaluate))
      #expect(asked == 1)
      #expect(best.testCase.length == 5)
    }
  }

  @Test("What a proof finds is shrunk and proved in its turn")
  func minimum() throws {
    let minimum = try #require(Self.property.minimum(of: Self.start, with: Self.weak))
    #expect(minimum.candidate.testCase.records.map { $0.choices.map(\.value) } == [[], [10]])
    #expect(minimum.proof == .proved(tried: 1))
    let unproved = try #require(
      Self.property.minimum(of: Self.start, with: Self.weak, budget: 3))
    #expect(unproved.candidate.testCase.length == 5)
    #expect(unproved.proof == .outOfBudget(length: 1, tried: 3))
    #expect(
      Self.property.minimum(of: FailingCase(testCase: makeCase([], [9]), fingerprint: "ten")) == nil
    )
  }

  @Test("An error of shrinking or proving ends the loop")
  func errors() {
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      _ = try Minimum<Int, Void>(from: 3) {
        $0
      } prove: { (number) throws -> (proof: Void, shorter: Int?) in
        if number == 1 { throw Broken() }
        return ((), number - 1)
      }
    }
  }
}
