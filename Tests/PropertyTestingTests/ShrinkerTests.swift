import PropertyTesting
import Testing

@Suite("Shrinker")
struct ShrinkerTests {
  /// Findings of all planted bugs.
  static func findings() -> [(Property<ToyAllocator.Failure>, FailingCase<ToyAllocator.Failure>)] {
    ToyAllocator.Bug.allCases.flatMap { bug in
      let property = ToyMachine.property(bug)
      return (1...4 as ClosedRange<UInt64>).compactMap { start in
        property.firstFinding(in: (start * 10_000)..<(start * 10_000 + 2000)).map { (property, $0) }
      }
    }
  }

  @Test("Every pass only makes a case simpler and keeps how it fails")
  func passesLower() throws {
    for (property, finding) in Self.findings() {
      for pass in [ShrinkPass].standard {
        let result = try #require(
          property.shrink(finding, with: Shrinker(passes: [pass], budget: 200)))
        #expect(result.testCase <= finding.testCase, "\(pass.name)")
        #expect((result.tallies[0].succeeded > 0) == (result.testCase < finding.testCase))
        #expect(property.evaluate(result.testCase).fingerprint == finding.fingerprint)
        #expect(property.evaluate(result.testCase).testCase == result.testCase)
      }
    }
  }

  @Test("Every candidate is simpler than the best before it, and none is run twice")
  func candidates() throws {
    for (property, finding) in Self.findings() {
      var seen: Set<TestCase> = []
      var best = finding.testCase
      let result = Shrinker().shrink(finding.testCase, keeping: finding.fingerprint) { candidate in
        let evaluation = property.evaluate(candidate)
        #expect(seen.insert(candidate).inserted)
        #expect(candidate <= best)
        if evaluation.fingerprint == finding.fingerprint { best = min(best, evaluation.testCase) }
        return evaluation
      }
      #expect(result?.testCase == best)
      #expect(result?.evaluations == seen.count)
    }
  }

  @Test("Shrinking again changes nothing, and the same start gives the same counts")
  func idempotent() throws {
    for (property, finding) in Self.findings() {
      let result = try #require(property.shrink(finding))
      #expect(result.isComplete)
      #expect(property.shrink(finding) == result)
      let simplest = FailingCase(testCase: result.testCase, fingerprint: finding.fingerprint)
      #expect(property.shrink(simplest)?.testCase == result.testCase)
    }
  }

  @Test("A case that does not fail in the wanted way is not shrunk")
  func wrongFingerprint() {
    let property = ToyMachine.property(.refill)
    let finding = property.firstFinding(in: 1...100)!
    let other = FailingCase(
      testCase: finding.testCase, fingerprint: ToyAllocator.Failure.leaksRegion)
    #expect(property.shrink(other) == nil)
  }

  @Test("The budget is kept, and the result says that it ended")
  func budget() throws {
    let property = ToyMachine.property(.teardown)
    let finding = property.firstFinding(in: 1...100)!
    for budget in 1...20 {
      let result = try #require(property.shrink(finding, with: Shrinker(budget: budget)))
      #expect(result.evaluations <= budget)
      #expect(!result.isComplete)
    }
  }

  @Test("Shrinking does not slip into a simpler failure of another kind")
  func keepsFingerprint() throws {
    let property = Property<String>(maximumLength: 20) { choices in
      let list = drawList(&choices, below: 100)
      if list.contains(where: { $0 >= 50 }) { return "large" }
      return list.isEmpty ? nil : "any"
    }
    let start = makeCase([0], [7], [83], [2])
    let result = try #require(
      property.shrink(FailingCase(testCase: start, fingerprint: "large")))
    #expect(result.testCase.records.dropFirst().map { $0.choices[0].value } == [50])
  }

  @Test("A creation goes together with its end; without the linked pass it stays")
  func linkedDeletion() throws {
    // Fails if there is a mark, every slot is used in turn, and nothing is left alive.
    let property = Property<String>(maximumLength: 20) { choices in
      choices.record(bytes: 1) { _ in }
      var live: Set<UInt64> = []
      var (isMarked, isOrderly) = (false, true)
      while choices.hasMoreRecords() {
        choices.record(bytes: 2) { choices in
          switch choices.integer(below: 3) {
          case 0:
            let slot = choices.integer(below: 4, role: .defines(0))
            isOrderly = live.insert(slot).inserted && isOrderly
          case 1:
            let slot = choices.integer(below: 4, role: .ends(0))
            isOrderly = live.remove(slot) != nil && isOrderly
          default: isMarked = true
          }
        }
      }
      return isMarked && isOrderly && live.isEmpty ? "marked" : nil
    }
    let start = makeCase([], [0, 0], [0, 1], [2], [1, 1], [1, 0])
    let finding = FailingCase(testCase: start, fingerprint: "marked")
    #expect(try #require(property.shrink(finding)).testCase.length == 1)

    let single = Shrinker(passes: [.deleteRecords, .lowerChoices, .lowerTogether, .renameSlots])
    #expect(try #require(property.shrink(finding, with: single)).testCase.length > 1)
    let linked = Shrinker(passes: [.deleteRecords, .deleteLifetimes])
    #expect(try #require(property.shrink(finding, with: linked)).testCase.length == 1)
  }
}

/// A list of numbers, one record each, after an empty configuration.
private func drawList(_ choices: inout Choices, below bound: UInt64) -> [UInt64] {
  choices.record(bytes: 1) { _ in }
  var list: [UInt64] = []
  while choices.hasMoreRecords() {
    list.append(choices.record(bytes: 8) { $0.integer(below: bound) })
  }
  return list
}
