/// A source of choices from which a grammar builds its program.
///
/// A seed, a byte string, a recorded case and an ``Odometer`` are ways of making the same choices.
/// A grammar asks for one record that is the configuration, then for one record a command as long
/// as there are more; it never learns where the answers come from:
///
///     let arena = choices.record(bytes: 2) { $0.integer(below: 16) }
///     while choices.hasMoreRecords() {
///       choices.record(bytes: 8) { … }
///     }
///
/// Records are fixed spans, so that erasing, copying or damaging one leaves the others alone. An
/// input that is not a list of commands is a single record. Inside of a record
/// ``span(_:_:)`` marks what belongs together. A run that stops asking when it has failed thereby
/// says that the rest does not matter.
public struct Choices {
  @usableFromInline enum Source { case random, bytes, replay, every }

  @usableFromInline var source: Source
  @usableFromInline var numbers: RandomNumbers
  @usableFromInline var recordsToDraw: Int
  @usableFromInline var input: ByteInput
  @usableFromInline var script: Script
  @usableFromInline var odometer: Odometer
  @usableFromInline var recording: TestCase

  /// What the run says about itself; no source heeds it.
  public var notes = Notes()

  /// Whether what is chosen is recorded; random runs leave it off and are decoded again if needed.
  public let isRecording: Bool

  /// Chooses at random: `seed` says everything, also the number of commands in `1...maximumLength`.
  @inlinable
  public init(seed: UInt64, maximumLength: Int, recording: Bool = false) {
    precondition(maximumLength > 0, "a program has at least one command")
    var numbers = RandomNumbers(seed: seed)
    let length = 1 + Int(truncatingIfNeeded: numbers.next(below: UInt64(maximumLength)))
    self.init(.random, numbers: numbers, length: length, recording: recording)
  }

  /// Reads its choices from bytes; every byte string is a program.
  @inlinable
  public init(bytes: some Collection<UInt8>, recording: Bool = false) {
    self.init(.bytes, input: ByteInput(Array(bytes)), recording: recording)
  }

  /// Makes the choices of `testCase` again, each kept within its bound, a missing one 0.
  @inlinable
  public init(replaying testCase: TestCase, recording: Bool = true) {
    self.init(.replay, script: Script(testCase), recording: recording)
  }

  /// Makes the choices of `testCase` again and then goes on at random, `length` commands at most.
  ///
  /// What is missing inside of a record of the case is 0; only whole records are drawn.
  @inlinable
  public init(extending testCase: TestCase, by length: Int, seed: UInt64) {
    self.init(inserting: length, into: testCase, at: testCase.records.count, seed: seed)
  }

  /// Makes the choices of `testCase` again, and in between draws `count` records before the one at
  /// `position`.
  @inlinable
  public init(inserting count: Int, into testCase: TestCase, at position: Int, seed: UInt64) {
    precondition(position >= 0 && position <= testCase.records.count, "no such place")
    self.init(
      .replay, numbers: RandomNumbers(seed: seed), length: count,
      script: Script(testCase, pausingAt: position), recording: true)
  }

  /// Makes the choices that an odometer shows.
  @usableFromInline
  init(counting odometer: Odometer) {
    self.init(.every, odometer: odometer, recording: false)
    self.odometer.rewind()
  }

  @usableFromInline
  init(
    _ source: Source, numbers: RandomNumbers = RandomNumbers(seed: 0), length: Int = 0,
    input: ByteInput = ByteInput([]), script: Script = Script(TestCase()),
    odometer: Odometer = Odometer(length: 0), recording: Bool
  ) {
    self.source = source
    self.numbers = numbers
    self.recordsToDraw = length
    self.input = input
    self.script = script
    self.odometer = odometer
    self.recording = TestCase()
    self.isRecording = recording
  }

  /// What was chosen so far, as it was consumed: every value within its bound.
  public var recorded: TestCase { recording }
}

// MARK: - Records

extension Choices {
  /// Whether there is one more command to choose; a random source counts down at every question.
  @inlinable
  public mutating func hasMoreRecords() -> Bool {
    switch source {
    case .random:
      guard recordsToDraw > 0 else { return resume() }
      recordsToDraw &-= 1
      return true
    case .bytes: return input.hasMore
    case .every: return odometer.hasMore
    case .replay:
      if script.hasMore { return true }
      guard recordsToDraw > 0 else { return resume() }
      // The case is at its end or pauses, and from here on chance decides.
      source = .random
      recordsToDraw &-= 1
      return true
    }
  }

  /// Goes on with the case, if chance was let in for its middle only.
  @usableFromInline
  mutating func resume() -> Bool {
    guard script.resume() else { return false }
    source = .replay
    return true
  }

  /// Makes the choices of one record, which takes exactly `width` bytes of a byte string.
  ///
  /// A last record that is cut short is padded with zeros; choices that find no room in the width
  /// read as 0. Records do not nest.
  @inlinable
  public mutating func record<Value, Failure: Error>(
    bytes width: Int, _ body: (inout Choices) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    if source != .random || isRecording { beginRecord(width) }
    return try body(&self)
  }

  /// Makes the choices of a record that takes all bytes that are left: the only one, or the last.
  @inlinable
  public mutating func record<Value, Failure: Error>(
    _ body: (inout Choices) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    if source != .random || isRecording { beginRecord(nil) }
    return try body(&self)
  }

  @usableFromInline
  mutating func beginRecord(_ width: Int?) {
    precondition(width ?? 1 > 0, "a record takes at least one byte")
    switch source {
    case .random: break
    case .bytes: input.beginRecord(width)
    case .replay: script.beginRecord()
    case .every: odometer.beginRecord()
    }
    if isRecording { recording.records.append(Record(width: width)) }
  }
}

// MARK: - Spans

extension Choices {
  /// Makes choices that belong together, so that the shrinker can delete, move or swap them as one.
  ///
  /// Spans nest. They say nothing about what is chosen, and cost nothing where nothing is recorded.
  @inlinable
  public mutating func span<Value, Failure: Error>(
    _ kind: Span.Kind, _ body: (inout Choices) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard isRecording else { return try body(&self) }
    let span = beginSpan(kind)
    defer { endSpan(span) }
    return try body(&self)
  }

  /// Makes choices in a span of one kind if they lead to a value, of another if to none.
  mutating func span<Value>(
    _ kind: Span.Kind, orIfNil other: Span.Kind,
    _ body: (inout Choices) throws(Discard) -> Value?
  ) throws(Discard) -> Value? {
    guard isRecording else { return try body(&self) }
    let span = beginSpan(kind)
    var outcome = other
    defer { endSpan(span, as: outcome) }
    let value = try body(&self)
    if value != nil { outcome = kind }
    return value
  }

  @usableFromInline
  mutating func beginSpan(_ kind: Span.Kind) -> Int {
    precondition(!recording.records.isEmpty, "choices are made inside records")
    return recording.records[recording.records.count - 1].beginSpan(kind)
  }

  @usableFromInline
  mutating func endSpan(_ span: Int, as kind: Span.Kind? = nil) {
    recording.records[recording.records.count - 1].endSpan(span, as: kind)
  }
}

// MARK: - The one way every choice goes

extension Choices {
  @inlinable
  mutating func choose(
    below bound: UInt64, as form: Choice.Form, role: Role,
    drawing draw: (inout RandomNumbers) -> UInt64
  ) -> UInt64 {
    if source == .random && !isRecording { return draw(&numbers) }
    let value =
      switch source {
      case .random: draw(&numbers)
      case .bytes: input.read(below: bound, as: form)
      case .replay: script.read(below: bound)
      case .every: odometer.read(below: bound)
      }
    if isRecording {
      note(Choice(value: value, bound: bound, role: role, form: form))
    }
    return value
  }

  @usableFromInline
  mutating func note(_ choice: Choice) {
    precondition(!recording.records.isEmpty, "choices are made inside records")
    recording.records[recording.records.count - 1].choices.append(choice)
  }
}
