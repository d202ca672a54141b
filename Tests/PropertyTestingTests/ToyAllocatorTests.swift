import PropertyTesting
import Testing

@Suite("Three bugs of a toy allocator")
struct ToyAllocatorTests {
  @Test("Without a bug nothing is found")
  func correct() {
    #expect(ToyMachine.property(nil).firstFinding(in: 0..<1000) == nil)
  }

  @Test(
    "Every bug ends at its minimum, in no more evaluations than the best peer needs (median)",
    arguments: zip(Challenge.allocatorBugs, [29, 52, 1500]))
  func minima(challenge: Challenge, bar: Int) throws {
    var evaluations: [Int] = []
    for seed in 1...25 as ClosedRange<UInt64> {
      let outcome = try #require(challenge.outcome(seed: seed))
      #expect(challenge.minima == [outcome.text], "seed \(seed)")
      evaluations.append(outcome.evaluations)
    }
    #expect(evaluations.sorted()[evaluations.count / 2] <= bar)
  }

  @Test("No program shorter than the minimum fails in this way, as far as a small budget goes")
  func proofs() {
    for bug in ToyMachine.bugs {
      let proof = ToyMachine.proof(of: bug, budget: 5000)
      if bug.length < 6 {
        #expect(proof == .proved(tried: proof.tried))
        #expect(bug.length == 1 || proof.tried > 100)
      } else {
        // All of five commands are for a release build: the benchmark tries them.
        #expect(proof == .outOfBudget(length: 4, tried: 5000))
      }
    }
  }

  @Test("Where a shrinker gets stuck, another failing seed leads to a simpler case")
  func restart() throws {
    var runs = 0
    let counted = ToyMachine.property(.merge)
    let property = Property<ToyAllocator.Failure>(maximumLength: 50) { choices in
      runs += 1
      return counted.run(&choices).fingerprint
    }
    let weak = Shrinker(passes: [.deleteRecords])
    let findings = (1..<2000 as Range<UInt64>).compactMap { property.run(seed: $0) }
    let (finding, stuck) = try #require(
      findings.lazy.map { ($0, property.shrink($0, with: weak)!) }
        .first { $1.testCase.length > 8 })
    let seeds = finding.seed! + 1..<2000
    runs = 0
    let result = try #require(
      property.shrink(finding, with: weak, restartingFrom: seeds, restarts: 5))
    #expect(result.testCase.length < stuck.testCase.length)
    #expect(result.evaluations == runs)
    #expect(try #require(property.shrink(finding)).testCase.length == 6)
  }
}
