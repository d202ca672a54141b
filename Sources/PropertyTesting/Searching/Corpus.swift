/// Cases worth building upon: those that reached something new, or came nearest to an aim.
///
/// A corpus is one more source of choices. It hands out those of a seed, or, as soon as it keeps
/// something, those of a kept case changed a little; the grammar consumes either, and what the run
/// then says in its ``Notes`` decides whether the case is kept:
///
///     var (choices, _) = corpus.next(seed: seed, maximumLength: 50)
///     let program = grammar.program(from: &choices)
///     choices.notes = run(program)
///     corpus.offer(choices)
///
/// All is a function of the seeds and of what was offered, in order.
public struct Corpus: Sendable {
  /// A kept case, with what speaks for building upon it.
  struct Entry: Sendable {
    var testCase: TestCase
    /// How many states it was the first to reach.
    var news: Int
    /// How often it was built upon.
    var tries = 0

    /// Whether more new states came for each try; the first of two that are equal is better.
    func promisesMore(than other: Entry) -> Bool {
      news * (other.tries + 1) > other.news * (tries + 1)
    }
  }

  /// The most cases that are kept.
  public let capacity: Int
  /// How many cases must be kept before one is built upon: as long as most of what comes is new
  /// anyway, chance alone sees more kinds of things. A score is something to build upon at once.
  public let warmUp: Int
  /// How many offers in a row must bring nothing new for fewer cases to be built upon.
  public let plateau: Int
  private var entries: [Entry] = []
  private var seen = StateSet()
  /// How many offers in a row have brought nothing new.
  private var idle = 0
  /// The case with the highest score, if runs say how near they came.
  private var nearest: (testCase: TestCase, score: Int64)?

  /// Keeps nothing yet.
  public init(capacity: Int = 1024, warmUp: Int = 256, plateau: Int = .max) {
    precondition(warmUp > 0 && warmUp <= capacity, "a corpus keeps what it builds upon")
    self.capacity = capacity
    self.warmUp = warmUp
    self.plateau = plateau
  }

  /// The number of kept cases, without the one that is nearest to the aim.
  public var count: Int { entries.count }
  /// The number of states that all offered cases reached.
  public var states: Int { seen.count }
  /// The highest score that a run has said.
  public var bestScore: Int64? { nearest?.score }
}

// MARK: - What comes in

extension Corpus {
  /// Keeps a case whose run reached a state that none before it did, or a higher score.
  ///
  /// Where the corpus is full, the case that promises least goes, which may be this one.
  ///
  /// - Parameter choices: recorded, with the notes of the run.
  /// - Returns: whether the run brought anything new.
  @discardableResult
  public mutating func offer(_ choices: Choices) -> Bool {
    precondition(choices.isRecording, "only what is recorded can be built upon")
    var isNew = false
    if let score = choices.notes.score, score > nearest?.score ?? .min {
      nearest = (choices.recorded, score)
      isNew = true
    }
    var news = 0
    for state in choices.notes.states where seen.insert(state) { news += 1 }
    if news > 0 {
      keep(Entry(testCase: choices.recorded, news: news))
      isNew = true
    }
    idle = isNew ? 0 : idle + 1
    return isNew
  }

  private mutating func keep(_ entry: Entry) {
    guard entries.count == capacity else { return entries.append(entry) }
    var least = 0
    for index in entries.indices where entries[least].promisesMore(than: entries[index]) {
      least = index
    }
    if !entries[least].promisesMore(than: entry) { entries[least] = entry }
  }
}

// MARK: - What goes out

extension Corpus {
  /// The choices to try next: those of the seed, or those of a kept case with a mutation.
  ///
  /// - Parameter maximumLength: the most commands of either.
  /// - Returns: the choices, which are recorded, and whether they are more than those of the seed.
  public mutating func next(
    seed: UInt64, maximumLength: Int
  ) -> (choices: Choices, isBuilt: Bool) {
    // Another stream than the one from which the choices of the seed are drawn.
    var numbers = RandomNumbers(seed: seed ^ 0x5ca1_ab1e_c0de_cafe)
    guard let base = pick(&numbers) else {
      return (Choices(seed: seed, maximumLength: maximumLength, recording: true), false)
    }
    let other = entries.isEmpty ? base : entries[numbers.index(below: entries.count)].testCase
    let mutation = Mutation.draw(&numbers, Mutation.searching)
    return (mutation.choices(from: base, and: other, atMost: maximumLength, &numbers), true)
  }

  /// A case to build upon; nil where chance alone should decide.
  private mutating func pick(_ numbers: inout RandomNumbers) -> TestCase? {
    if let nearest, numbers.chance(1, outOf: 2) { return nearest.testCase }
    let isWorthwhile = entries.count >= warmUp || idle >= plateau || nearest != nil
    guard isWorthwhile, !entries.isEmpty, numbers.chance(3, outOf: 4) else { return nil }
    let (one, other) = (numbers.index(below: entries.count), numbers.index(below: entries.count))
    let chosen = entries[other].promisesMore(than: entries[one]) ? other : one
    entries[chosen].tries += 1
    return entries[chosen].testCase
  }
}
