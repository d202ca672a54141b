import Testing
import Thoroughness

@Suite("Shrinking challenges")
struct ChallengeTests {
  /// CI runs twenty seeds, by the benchmark.
  @Test("Every row ends at the known minimum from every seed", arguments: Challenge.all)
  func minima(challenge: Challenge) throws {
    for seed in 0..<inRelease(8, debug: 1) as Range<UInt64> {
      let outcome = try #require(challenge.outcome(seed: seed), "nothing false was found")
      #expect(challenge.minima.contains(outcome.text), "seed \(seed)")
    }
  }
}

extension Challenge: CustomTestStringConvertible {
  var testDescription: String { name }
}
