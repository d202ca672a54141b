import PropertyTesting

/// Something to shrink, whatever its cases fail in.
struct ShrinkSubject: Sendable {
  let name: String
  /// The case that fails with the first of some seeds that does.
  let found: @Sendable (UInt64) -> TestCase?
  /// What shrinking makes of a case that fails; `nil` if it does not.
  let shrink: @Sendable (TestCase, Shrinker) -> ShrinkResult?
  /// Whether two cases fail in the same way, and what is consumed of the second.
  let failAlike: @Sendable (TestCase, TestCase) -> (Bool, TestCase)

  init<Fingerprint: Hashable & Sendable>(
    _ name: String, _ property: @escaping @Sendable () -> Property<Fingerprint>
  ) {
    self.name = name
    found = { seed in
      let first = seed &* 1_000_003
      return property().firstFinding(in: first..<(first + 20_000))?.testCase
    }
    shrink = { testCase, shrinker in
      let property = property()
      return property.evaluate(testCase).fingerprint.flatMap { fingerprint in
        property.shrink(FailingCase(testCase: testCase, fingerprint: fingerprint), with: shrinker)
      }
    }
    failAlike = { first, second in
      let (first, second) = (property().evaluate(first), property().evaluate(second))
      return (first.fingerprint != nil && first.fingerprint == second.fingerprint, second.testCase)
    }
  }

  /// Two texts that are a letter, or the like in parentheses.
  private static let twoParts = {
    let text = Generator<String>.recursive(.just("x"), depth: 2) { part in part.map { "(\($0))" } }
    return zip(text, text)
  }()

  /// Numbers as far as the first zero, in no array that the shrinker could know.
  private static let upToZero = Generator<[UInt64]> { choices in
    var numbers: [UInt64] = []
    repeat { numbers.append(choices.integer(below: 60)) } while numbers.last != 0
    return numbers
  }

  /// The toys and all rows of the challenges.
  static var all: [ShrinkSubject] {
    ToyAllocator.Bug.allCases.map { bug in
      ShrinkSubject("toy allocator, \(bug)") { ToyMachine.property(bug) }
    }
      + [
        ShrinkSubject("growing queue") { queueMachine.property },
        ShrinkSubject("two parts") { Property(of: twoParts) { $0.count == $1.count } },
        ShrinkSubject("up to a zero") { Property(of: upToZero) { $0.allSatisfy { $0 < 50 } } },
        ShrinkSubject("counter") { Counter.machine(.teardown).property },
      ] + Challenge.all.map(\.subject)
  }
}
