/// What a postcondition may look at besides the arguments.
public struct Seen<Model, Answer> {
  /// The model before the step.
  public let before: Model
  /// The model after the step.
  public let after: Model
  /// What the system answered.
  public let answer: Answer
}
