/// A recorded case read record by record, with a pause if chance is to have a say in between.
@usableFromInline
struct Script {
  private let testCase: TestCase
  private var nextRecord = 0
  private var nextChoice = 0
  /// The record before which it pauses.
  private var pause: Int

  @usableFromInline
  init(_ testCase: TestCase, pausingAt pause: Int = .max) {
    self.testCase = testCase
    self.pause = min(pause, testCase.records.count)
  }

  @usableFromInline
  var hasMore: Bool { nextRecord < pause }

  /// Goes on behind the pause; false where there is nothing.
  mutating func resume() -> Bool {
    pause = testCase.records.count
    return hasMore
  }

  /// Goes to the next record, however much of the last one was read.
  mutating func beginRecord() {
    nextRecord += 1
    nextChoice = 0
  }

  /// The next value of the record, at most what the bound allows; 0 if the record has no more.
  @usableFromInline
  mutating func read(below bound: UInt64) -> UInt64 {
    precondition(nextRecord > 0, "choices are made inside records")
    guard nextRecord <= testCase.records.count else { return 0 }
    let choices = testCase.records[nextRecord - 1].choices
    guard nextChoice < choices.count else { return 0 }
    defer { nextChoice += 1 }
    let value = choices[nextChoice].value
    return bound == 0 ? value : min(value, bound - 1)
  }
}
