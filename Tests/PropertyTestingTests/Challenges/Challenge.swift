import PropertyTesting

/// A row of a shrinking challenge: something false, and the simplest cases that show it.
struct Challenge: Sendable {
  /// How a row is called in the tables.
  let name: String
  /// What counts as the minimum: one text, or several that are equally simple.
  let minima: [String]
  /// What other libraries publish: the fewest evaluations on average, and whose they are.
  let published: String
  /// The row as something to shrink in other ways.
  let subject: ShrinkSubject
  private let run: @Sendable (UInt64, Shrinker) -> Outcome?

  /// What one seed came to.
  struct Outcome: Sendable {
    /// The shrunk case as text.
    let text: String
    /// How many cases were run after the first failing one, restarts included.
    let evaluations: Int
    /// How many programs were run until one failed.
    let programs: Int
    /// What each pass did.
    let tallies: [PassTally]
    /// How long shrinking took.
    let shrinking: Duration
  }

  /// A row about values.
  init<Value>(
    _ name: String, minima: [String], published: String, _ values: Generator<Value>,
    text: @escaping @Sendable (Value) -> String = { "\($0)" },
    holds: @escaping @Sendable (Value) throws(Discard) -> Bool
  ) {
    self.init(
      name, minima: minima, published: published, property: { Property(of: values, holds: holds) },
      text: { testCase in values.value(of: testCase).map(text) ?? "discarded" })
  }

  /// A row about programs of a machine.
  init<Model, System>(
    _ name: String, minima: [String], published: String, _ machine: StateMachine<Model, System>
  ) {
    self.init(
      name, minima: minima, published: published, property: { machine.property },
      text: { machine.text(of: $0).split(separator: "\n").joined(separator: "; ") })
  }

  /// A row about whatever choices make.
  init<Fingerprint: Hashable & Sendable>(
    _ name: String, minima: [String], published: String, restarts: Int = 0,
    property: @escaping @Sendable () -> Property<Fingerprint>,
    text: @escaping @Sendable (TestCase) -> String
  ) {
    self.name = name
    self.minima = minima
    self.published = published
    subject = ShrinkSubject(name, property)
    run = { seed, shrinker in
      let property = property()
      let seeds = (seed &* 1_000_003)..<(seed &* 1_000_003 + 1_000_000)
      guard let finding = property.firstFinding(in: seeds), let first = finding.seed else {
        return nil
      }
      let start = ContinuousClock.now
      guard
        let result = property.shrink(
          finding, with: shrinker, restartingFrom: (first + 1)..<seeds.upperBound,
          restarts: restarts)
      else { return nil }
      return Outcome(
        text: text(result.testCase), evaluations: result.evaluations,
        programs: Int(first - seeds.lowerBound) + 1, tallies: result.tallies,
        shrinking: ContinuousClock.now - start)
    }
  }

  /// Finds what is false from a seed on, and shrinks it.
  func outcome(seed: UInt64, shrinker: Shrinker = Shrinker()) -> Outcome? { run(seed, shrinker) }
}

extension Challenge {
  /// All rows, those of jlink/shrinking-challenge first, then the stateful ones of
  /// nesevis/shrinking-challenge.
  static var all: [Challenge] {
    [
      binaryHeap, bound5, calculator, coupling, deletion, differenceNotOne, differenceNotSmall,
      differenceNotZero, distinct, largeUnionList, lengthList, nestedLists, reverse, snapshotStore,
      hashCollision(modulus: 10), hashCollision(modulus: 100), hashCollision(modulus: 1000),
    ]
  }
}
