/// Counts through every case of a length: its digits are the choices, each from 0 to its bound.
///
/// A case is complete when the grammar stops asking; the next one differs in the last choice that
/// can still go up. So every case comes once, in lexicographic order, whatever later choices depend
/// on, and nothing has to be known of the grammar but that it is deterministic and bounded:
///
///     var odometer = Odometer(length: 2)
///     while let failed = odometer.turn({ choices in fails(grammar.program(from: &choices)) }) {
///       …
///     }
public struct Odometer: Sendable {
  /// The number of commands of every case.
  public let length: Int

  @usableFromInline var digits: [Digit] = []
  /// Where each record begins in the digits.
  @usableFromInline var recordStarts: [Int] = []
  @usableFromInline var cursor = 0
  private var kept: Kept?
  private var hasBegun = false
  private var isDone = false

  @usableFromInline
  struct Digit: Equatable, Sendable {
    @usableFromInline var value: UInt64
    @usableFromInline var bound: UInt64
  }

  /// What the next case still has in common with the last one.
  private struct Kept {
    let commands: Int
    /// Whether the last choice of the last of them goes on as if it stood at its bound.
    let isSpent: Bool
  }

  /// Stands before the first case of `length` commands.
  public init(length: Int) {
    precondition(length >= 0, "a length is not negative")
    self.length = length
  }

  /// Makes the choices of the next case; `nil`, without running the body, if there is none left.
  ///
  /// The body must let the grammar ask for all of the case, or say with
  /// ``skip(keeping:spendingLastChoice:)`` afterwards how much of it mattered.
  public mutating func turn<Result, Failure: Error>(
    _ body: (inout Choices) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard advance() else { return nil }
    var choices = Choices(counting: self)
    defer { take(choices.odometer) }
    return try body(&choices)
  }

  /// Whether the last turn's body made any choices.
  var hasChosen: Bool { !recordStarts.isEmpty }

  /// Keeps the digits that were asked for.
  private mutating func take(_ other: Odometer) {
    digits = other.digits
    recordStarts = other.recordStarts
    digits.removeSubrange(other.cursor...)
  }

  /// Passes over all further cases that begin with the same configuration and `commands` commands.
  ///
  /// For what cannot matter any more: behind a failing command, or where a shorter case is the
  /// same.
  ///
  /// - Parameters:
  ///   - commands: how many commands matter.
  ///   - isSpent: whether also those are passed over that differ from them in that the last choice
  ///     of the last of these commands is higher.
  public mutating func skip(keeping commands: Int, spendingLastChoice isSpent: Bool = false) {
    kept = Kept(commands: commands, isSpent: isSpent)
  }

  /// The case of the last turn, as far as it was asked for.
  public var testCase: TestCase {
    let ends = recordStarts.dropFirst() + [digits.count]
    return TestCase(
      records: zip(recordStarts, ends).map { start, end in
        Record(
          width: nil, choices: digits[start..<end].map { Choice(value: $0.value, bound: $0.bound) })
      })
  }

  /// Goes to the next case; `false` if this was the last.
  private mutating func advance() -> Bool {
    guard hasBegun else {
      hasBegun = true
      return !isDone
    }
    dropWhatIsNotKept()
    while let last = digits.last, last.value + 1 >= last.bound { digits.removeLast() }
    isDone = isDone || digits.isEmpty
    guard !isDone else { return false }
    digits[digits.count - 1].value += 1
    return true
  }

  /// Makes the carry begin at the last digit that is kept, or one before it.
  private mutating func dropWhatIsNotKept() {
    defer { self.kept = nil }
    guard let kept, kept.commands < recordStarts.count else { return }
    if kept.commands + 1 < recordStarts.count {
      digits.removeSubrange(recordStarts[kept.commands + 1]...)
    }
    if kept.isSpent, digits.count > recordStarts[kept.commands] { digits.removeLast() }
  }

  /// Begins to make the choices that the digits say.
  mutating func rewind() {
    cursor = 0
    recordStarts.removeAll(keepingCapacity: true)
  }

  /// Whether the case has one more command.
  @usableFromInline
  var hasMore: Bool { recordStarts.count <= length }

  mutating func beginRecord() {
    recordStarts.append(cursor)
  }

  /// The next digit; one that is new begins with 0.
  @usableFromInline
  mutating func read(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "only choices with a bound can be counted")
    if cursor == digits.count {
      digits.append(Digit(value: 0, bound: bound))
    }
    precondition(digits[cursor].bound == bound, "the grammar must depend on its choices only")
    cursor += 1
    return digits[cursor - 1].value
  }
}
