import PropertyTesting
import Testing

@Suite("Shrink passes")
struct PassTests {
  /// Failing cases: as they are found, and as they are when all light passes have done their work.
  ///
  /// Large ones are left out: some passes alone take minutes for them.
  private static func cases(of subject: ShrinkSubject, seeds: Range<UInt64>) -> [TestCase] {
    let light = Shrinker(passes: .standard.filter { $0.effort == .light })
    return seeds.compactMap(subject.found).flatMap { found in
      [found] + (subject.shrink(found, light).map { [$0.testCase] } ?? [])
    }.filter { testCase in testCase.records.reduce(0) { $0 + $1.choices.count } <= 150 }
  }

  @Test(
    "Every pass only makes cases simpler, and they fail as before", arguments: ShrinkSubject.all)
  func lower(subject: ShrinkSubject) throws {
    for start in Self.cases(of: subject, seeds: 1..<2) {
      for pass in [ShrinkPass].standard {
        let result = try #require(subject.shrink(start, Shrinker(passes: [pass], budget: 40)))
        let (failsAlike, consumed) = subject.failAlike(start, result.testCase)
        #expect(failsAlike, "\(pass.name)")
        #expect(consumed == result.testCase, "\(pass.name)")
        #expect(result.testCase <= start, "\(pass.name)")
        #expect((result.tallies[0].succeeded > 0) == (result.testCase < start), "\(pass.name)")
      }
    }
  }

  @Test("Every pass makes some case simpler when it is alone")
  func matters() throws {
    var idle = [ShrinkPass].standard
    for subject in ShrinkSubject.all where !idle.isEmpty {
      for start in Self.cases(of: subject, seeds: 1..<5) {
        idle.removeAll { pass in
          subject.shrink(start, Shrinker(passes: [pass], budget: 300))?.testCase ?? start < start
        }
      }
    }
    #expect(idle.map(\.name) == [])
  }

  @Test("Shrinking again changes nothing", arguments: ShrinkSubject.all)
  func idempotent(subject: ShrinkSubject) throws {
    for seed in 1..<3 as Range<UInt64> {
      let start = try #require(subject.found(seed))
      let result = try #require(subject.shrink(start, Shrinker()))
      #expect(result.isComplete)
      #expect(subject.shrink(start, Shrinker()) == result)
      let again = try #require(subject.shrink(result.testCase, Shrinker()))
      #expect(again.testCase == result.testCase)
    }
  }
}

extension ShrinkSubject: CustomTestStringConvertible {
  var testDescription: String { name }
}
