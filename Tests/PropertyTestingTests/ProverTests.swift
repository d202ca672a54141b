import PropertyTesting
import Testing

@Suite("The prover")
struct ProverTests {
  private static func prove(
    below length: Int, _ target: [UInt64], budget: Int = 10_000_000, pruning: Bool = true
  ) -> ProofResult {
    Prover(budget: budget).prove(below: length, keeping: .reached) { choices, _ in
      ToyStack.trial(&choices, target: target, pruning: pruning)
    }
  }

  @Test("A shorter case that fails in the same way is found, and it is of the shortest length")
  func planted() throws {
    guard case .found(let testCase, let tried) = Self.prove(below: 5, [0, 9]) else {
      Issue.record("nothing found")
      return
    }
    #expect(testCase.length == 2)
    #expect(tried > 1)
    var choices = Choices(replaying: testCase)
    #expect(ToyStack.trial(&choices, target: [0, 9], pruning: false).fingerprint == .reached)
  }

  @Test("What has no shorter case is proved, with every case tried once")
  func proved() {
    #expect(Self.prove(below: 0, [1]) == .proved(tried: 0))
    #expect(Self.prove(below: 1, [1]) == .proved(tried: 1))
    // Of length 1: a push of 3 values with 4 spoilers, a pop, a spill.
    #expect(Self.prove(below: 2, [1, 1], pruning: false) == .proved(tried: 1 + 14))
    // The first spoiler comes too late for an empty stack, and so the others do.
    #expect(Self.prove(below: 2, [1, 1]) == .proved(tried: 1 + 8))
  }

  @Test("Failing in another way is no proof of anything")
  func otherFailures() {
    let result = Prover(budget: 1000).prove(below: 3, keeping: .spilled) { choices, _ in
      ToyStack.trial(&choices, target: [2], pruning: true)
    }
    // A pushed 2 is the target already, so that nothing is ever spilled.
    guard case .proved = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test("A proof with too small a budget says how far it came, and one that suffices does not")
  func budget() {
    #expect(Self.prove(below: 3, [1, 1, 1], budget: 0) == .outOfBudget(length: 0, tried: 0))
    #expect(Self.prove(below: 3, [1, 1, 1], budget: 5) == .outOfBudget(length: 1, tried: 5))
    #expect(Self.prove(below: 3, [1, 1, 1], budget: 10) == .outOfBudget(length: 2, tried: 10))
    let all = Self.prove(below: 3, [1, 1, 1]).tried
    #expect(Self.prove(below: 3, [1, 1, 1], budget: all) == .proved(tried: all))
    #expect(
      Self.prove(below: 3, [1, 1, 1], budget: all - 1) == .outOfBudget(length: 2, tried: all - 1))
  }

  @Test("Pruned and unpruned, a proof comes to the same for every target")
  func soundness() {
    let values: [UInt64] = [0, 1, 2, 9]
    var targets: [[UInt64]] = [[]]
    for length in 0..<3 {
      targets += targets.filter { $0.count == length }.flatMap { old in values.map { old + [$0] } }
    }
    for target in targets {
      let pruned = Self.prove(below: 4, target)
      let all = Self.prove(below: 4, target, pruning: false)
      switch (pruned, all) {
      case (.proved(let few), .proved(let many)): #expect(few < many)
      case (.found(let one, let few), .found(let other, let many)):
        #expect(one == other)
        #expect(few <= many)
      default: Issue.record("\(target): \(pruned), and \(all) with all cases")
      }
    }
  }

  @Test("An unsound claim is seen: pruning too much loses a case")
  func unsound() {
    let result = Prover(budget: 1000).prove(below: 3, keeping: ToyStack.Failure.reached) {
      choices, _ in
      let trial = ToyStack.trial(&choices, target: [0, 1], pruning: false)
      return Trial(fingerprint: trial.fingerprint, relevance: .commands(1))
    }
    guard case .proved = result else {
      Issue.record("\(result)")
      return
    }
  }

  @Test("A property is proved minimal as it is, and a program that is not minimal is not")
  func ofProperty() throws {
    let property = Counter.machine(.invariant).property
    let finding = try #require(property.firstFinding(in: 1..<1000))
    let result = try #require(property.shrink(finding))
    let length = result.testCase.length
    let proof = property.prove(below: length, keeping: finding.fingerprint)
    #expect(proof == .proved(tried: proof.tried))
    #expect(proof.tried >= length)
    let longer = property.prove(below: length + 1, keeping: finding.fingerprint)
    guard case .found(let testCase, _) = longer else {
      Issue.record("a shorter one was not found: \(longer)")
      return
    }
    #expect(property.evaluate(testCase).fingerprint == finding.fingerprint)
  }

  @Test("A proof whose cases are chosen from a copy of the choices traps instead of proving")
  func copies() async {
    await #expect(processExitsWith: .failure) {
      let property = Counter.machine(.invariant).property
      let fingerprint = property.firstFinding(in: 1..<1000)!.fingerprint
      _ = Prover(budget: 1000).prove(below: 4, keeping: fingerprint) { choices, _ in
        Trial(fingerprint: property.evaluate(choices).fingerprint)
      }
    }
  }
}
