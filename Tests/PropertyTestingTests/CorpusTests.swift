import PropertyTesting
import Testing

/// A lock with a combination: each right command brings it one state further, a wrong one back.
private enum Lock {
  static let combination: [UInt64] = [3, 14, 15, 9, 2, 6]

  /// Plays the choices; true if the lock opens.
  static func play(_ choices: inout Choices, telling: (inout Notes, Int) -> Void) -> Bool {
    _ = choices.record(bytes: 1) { $0.integer(below: 4) }
    var position = 0
    while choices.hasMoreRecords() {
      let digit = choices.record(bytes: 1) { $0.integer(below: 16) }
      position = digit == combination[position] ? position + 1 : 0
      telling(&choices.notes, position)
      if position == combination.count { return true }
    }
    return false
  }

  static func state(_ position: Int) -> UInt64 { UInt64(position) << 50 }
}

@Suite("Corpus")
struct CorpusTests {
  /// How many programs it takes to open the lock; nil if these do not.
  private static func programs(
    upTo limit: UInt64, seed: UInt64, telling: (inout Notes, Int) -> Void
  ) -> UInt64? {
    var corpus = Corpus(warmUp: 1)
    return (0..<limit).first { number in
      var (choices, _) = corpus.next(seed: seed &+ number, maximumLength: 20)
      if Lock.play(&choices, telling: telling) { return true }
      corpus.offer(choices)
      return false
    }
  }

  @Test("What chance cannot find is found by building upon new states", arguments: 0..<5)
  func states(seed: UInt64) {
    let needed = Self.programs(upTo: 20_000, seed: seed << 32) { $0.visit(Lock.state($1)) }
    #expect(needed != nil)
    #expect(Self.programs(upTo: 20_000, seed: seed << 32) { _, _ in } == nil)
  }

  @Test("What chance cannot find is found by building upon the highest score", arguments: 0..<5)
  func score(seed: UInt64) {
    let needed = Self.programs(upTo: 20_000, seed: seed << 32) { $0.aim(Int64($1)) }
    #expect(needed != nil)
  }

  /// Offers the runs of some seeds; answers all that was chosen.
  private static func cases(_ count: UInt64, capacity: Int) -> (Corpus, [TestCase]) {
    var corpus = Corpus(capacity: capacity, warmUp: 4)
    let cases = (0..<count).map { seed in
      var (choices, _) = corpus.next(seed: seed, maximumLength: 12)
      drawEverything(&choices)
      for record in choices.recorded.records {
        choices.notes.visit(record.choices.reduce(0) { RandomNumbers(seed: $0 ^ $1.value).first })
      }
      corpus.offer(choices)
      return choices.recorded
    }
    return (corpus, cases)
  }

  @Test("The same seeds and offers give the same cases, each as a grammar consumes it")
  func determinism() {
    let (_, cases) = Self.cases(500, capacity: 64)
    #expect(Self.cases(500, capacity: 64).1 == cases)
    for testCase in cases {
      #expect(testCase.length <= 12)
      var choices = Choices(replaying: testCase)
      drawEverything(&choices)
      #expect(choices.recorded == testCase)
    }
  }

  @Test("A corpus keeps no more than it may, and goes on building when it is full")
  func bounds() {
    let (corpus, cases) = Self.cases(3000, capacity: 8)
    #expect(corpus.count == 8)
    #expect(Set(cases.suffix(500)).count > 250)
    #expect(corpus.states > 100)
  }

  @Test("What brings nothing new is not kept")
  func nothingNew() {
    var corpus = Corpus()
    var choices = Choices(seed: 1, maximumLength: 5, recording: true)
    drawEverything(&choices)
    var isNew = [corpus.offer(choices)]
    choices.notes.visit(7 << 60)
    isNew += [corpus.offer(choices), corpus.offer(choices)]
    choices.notes.aim(-5)
    isNew += [corpus.offer(choices), corpus.offer(choices)]
    #expect(isNew == [false, true, false, true, false])
    #expect(corpus.count == 1 && corpus.states == 1 && corpus.bestScore == -5)
  }

  @Test("Where less is kept than the warm-up asks, a plateau lets it be built upon, news end that")
  func plateau() {
    var corpus = Corpus(plateau: 3)
    var choices = Choices(seed: 1, maximumLength: 5, recording: true)
    drawEverything(&choices)
    var built: [Int] = []
    for state: UInt64 in [1, 1, 1, 1, 1, 2] {
      choices.notes = Notes()
      choices.notes.visit(state << 60)
      corpus.offer(choices)
      built.append((0..<20).count { corpus.next(seed: $0, maximumLength: 5).isBuilt })
    }
    #expect(built.map { $0 > 0 } == [false, false, false, true, true, false])
  }

  @Test("An empty corpus gives the choices of the seed")
  func empty() {
    var corpus = Corpus()
    var (choices, isBuilt) = corpus.next(seed: 42, maximumLength: 30)
    var plain = Choices(seed: 42, maximumLength: 30, recording: true)
    drawEverything(&choices)
    drawEverything(&plain)
    #expect(!isBuilt)
    #expect(choices.recorded == plain.recorded)
  }

  @Test("Records are drawn in the middle of a case, and all others are as they were")
  func inserting() {
    var plain = Choices(seed: 5, maximumLength: 30, recording: true)
    drawEverything(&plain)
    let records = plain.recorded.records
    for position in 1...records.count {
      var choices = Choices(inserting: 3, into: plain.recorded, at: position, seed: 9)
      drawEverything(&choices)
      let result = choices.recorded.records
      #expect(result.count == records.count + 3)
      #expect(Array(result[..<position]) == Array(records[..<position]))
      #expect(Array(result[(position + 3)...]) == Array(records[position...]))
    }
  }

  @Test("A case is made again from its key, and what is no key makes none")
  func key() throws {
    for seed in 0..<50 as Range<UInt64> {
      var plain = Choices(seed: seed, maximumLength: 10, recording: true)
      drawEverything(&plain)
      let key = plain.recorded.key
      var again = Choices(replaying: try #require(TestCase(key: key)))
      drawEverything(&again)
      #expect(again.recorded == plain.recorded)
      #expect(key.last == 0 || TestCase(key: key.dropLast()) == nil)
    }
    #expect(TestCase(key: [UInt64.max]) == nil)
  }

  @Test("A set of states counts classes, in whatever order they come")
  func stateSet() {
    var (one, other) = (StateSet(), StateSet())
    var numbers = RandomNumbers(seed: 1)
    let states = (0..<1000).map { _ in numbers.next() }
    for state in states { one.insert(state) }
    for state in states.reversed() { other.insert(state) }
    #expect(one.count == other.count && one.count > 990)
    for state in states {
      let isNew = one.insert(state)
      #expect(!isNew)
    }
  }
}

extension RandomNumbers {
  fileprivate var first: UInt64 {
    var copy = self
    return copy.next()
  }
}
