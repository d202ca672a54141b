/// One command with its arguments, as the choices made it.
struct DrawnStep<Model, System: ~Copyable> {
  /// The command's name.
  let name: String
  /// The step as text.
  let text: () -> String
  /// Whether the precondition holds.
  let isAllowed: (Model) -> Bool
  /// Runs it against the system, brings the model up to date and asks the postcondition.
  let perform: (inout Model, inout System) -> StepOutcome
}

/// What came of a step.
struct StepOutcome {
  /// What the system answered, as text; `nil` if it answers nothing.
  let answer: () -> String?
  /// What is wrong with the answer.
  let evidence: String?
}

extension DrawnStep where System: ~Copyable {
  /// A step whose arguments a filter turned down: it is skipped.
  static func withoutArguments(_ name: String) -> DrawnStep {
    DrawnStep(
      name: name, text: { "\(name)(?)" }, isAllowed: { _ in false },
      perform: { _, _ in StepOutcome(answer: { nil }, evidence: nil) })
  }
}
