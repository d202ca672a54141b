/// What happened in one run of a machine, one step a line:
///
///     put(0, 0)
///     a = snapshot()
///     - read(b, 0)
///     ✗ read(a, 0) → nil
///     | postcondition of read: the snapshot holds 0
///
/// A step behind `-` was skipped, since its precondition did not hold; the one behind `✗` failed,
/// and what lies behind `|` is the evidence.
public struct Transcript: Equatable, Sendable {
  /// One step.
  public struct Line: Equatable, Sendable {
    /// The step as text.
    public let text: String
    /// What was answered.
    public internal(set) var answer: String?
    /// Whether the precondition did not hold.
    public let isSkipped: Bool
    /// Whether something did not hold after it.
    public internal(set) var isFailing = false
  }

  /// The settings if there are any, then the steps.
  public private(set) var lines: [Line] = []
  /// In what way the run failed.
  public private(set) var failure: MachineFailure?
  /// What was seen when it failed.
  public private(set) var evidence: String?

  mutating func begin(_ recorded: TestCase, _ text: (Record) -> String) {
    guard let first = recorded.records.first, !first.choices.isEmpty else { return }
    lines.append(Line(text: text(first), isSkipped: false))
  }

  mutating func add(_ recorded: TestCase, _ text: (Record) -> String, isSkipped: Bool) {
    guard let last = recorded.records.last else { return }
    lines.append(Line(text: text(last), isSkipped: isSkipped))
  }

  mutating func answer(_ text: String?) {
    lines[lines.count - 1].answer = text
  }

  mutating func fail(_ failure: MachineFailure, _ evidence: String, afterStep: Bool) {
    self.failure = failure
    self.evidence = evidence
    if afterStep { lines[lines.count - 1].isFailing = true }
  }
}

extension Transcript: CustomStringConvertible {
  public var description: String {
    var rows = lines.map { line in
      let margin = line.isFailing ? "✗ " : line.isSkipped ? "- " : ""
      return margin + line.text + (line.answer.map { " → \($0)" } ?? "")
    }
    if let failure, let evidence {
      rows += "\(failure): \(evidence)".split(separator: "\n", omittingEmptySubsequences: false)
        .map { "| \($0)" }
    }
    return rows.joined(separator: "\n")
  }
}

extension StateMachine where System: ~Copyable {
  /// Plays a case and tells what happened.
  ///
  /// Where a filter turns down the settings, it has no lines.
  public func transcript(of testCase: TestCase) -> Transcript {
    var transcript: Transcript? = Transcript()
    var choices = Choices(replaying: testCase)
    _ = try? play(&choices, &transcript)
    return transcript ?? Transcript()
  }
}
