// One overload for each number of arguments: Swift infers `inout` for closures over parameter packs
// of at most one. More than three arguments come as one, of a `zip`.

extension StateMachine where System: ~Copyable {
  /// Adds a command without arguments.
  ///
  /// - Parameters:
  ///   - weight: how much more often than others random programs have it.
  ///   - require: whether it may be done; if not, the step is skipped.
  ///   - run: does it to the system.
  ///   - update: does it to the model, which may adopt the answer.
  ///   - ensure: `nil`, or what is wrong with the answer.
  public mutating func command<Answer>(
    _ name: String, weight: UInt32 = 1,
    require: (@Sendable (Model) -> Bool)? = nil,
    run: @escaping @Sendable (inout System) -> Answer,
    update: (@Sendable (inout Model, Answer) -> Void)? = nil,
    ensure: (@Sendable (Seen<Model, Answer>) -> String?)? = nil
  ) {
    add(
      Command(name: name, weight: weight) { _ in
        DrawnStep(
          name: name, text: { callText(name, []) }, isAllowed: { require?($0) ?? true },
          perform: performing(run, update, ensure))
      })
  }

  /// Adds a command with one argument.
  public mutating func command<Argument, Answer>(
    _ name: String, weight: UInt32 = 1,
    _ argument: Generator<Argument>,
    require: (@Sendable (Model, Argument) -> Bool)? = nil,
    run: @escaping @Sendable (inout System, Argument) -> Answer,
    update: (@Sendable (inout Model, Argument, Answer) -> Void)? = nil,
    ensure: (@Sendable (Seen<Model, Answer>, Argument) -> String?)? = nil
  ) {
    add(
      Command(name: name, weight: weight) { choices throws(Discard) in
        let a = try argument.draw(from: &choices)
        return DrawnStep(
          name: name, text: { callText(name, [a]) }, isAllowed: { require?($0, a) ?? true },
          perform: performing(
            { run(&$0, a) }, update.map { update in { update(&$0, a, $1) } },
            ensure.map { ensure in { ensure($0, a) } }))
      })
  }

  /// Adds a command with two arguments.
  public mutating func command<First, Second, Answer>(
    _ name: String, weight: UInt32 = 1,
    _ first: Generator<First>, _ second: Generator<Second>,
    require: (@Sendable (Model, First, Second) -> Bool)? = nil,
    run: @escaping @Sendable (inout System, First, Second) -> Answer,
    update: (@Sendable (inout Model, First, Second, Answer) -> Void)? = nil,
    ensure: (@Sendable (Seen<Model, Answer>, First, Second) -> String?)? = nil
  ) {
    add(
      Command(name: name, weight: weight) { choices throws(Discard) in
        let (a, b) = try choices.tuple(first, second)
        return DrawnStep(
          name: name, text: { callText(name, [a, b]) }, isAllowed: { require?($0, a, b) ?? true },
          perform: performing(
            { run(&$0, a, b) }, update.map { update in { update(&$0, a, b, $1) } },
            ensure.map { ensure in { ensure($0, a, b) } }))
      })
  }

  /// Adds a command with three arguments.
  public mutating func command<First, Second, Third, Answer>(
    _ name: String, weight: UInt32 = 1,
    _ first: Generator<First>, _ second: Generator<Second>, _ third: Generator<Third>,
    require: (@Sendable (Model, First, Second, Third) -> Bool)? = nil,
    run: @escaping @Sendable (inout System, First, Second, Third) -> Answer,
    update: (@Sendable (inout Model, First, Second, Third, Answer) -> Void)? = nil,
    ensure: (@Sendable (Seen<Model, Answer>, First, Second, Third) -> String?)? = nil
  ) {
    add(
      Command(name: name, weight: weight) { choices throws(Discard) in
        let (a, b, c) = try choices.tuple(first, second, third)
        return DrawnStep(
          name: name, text: { callText(name, [a, b, c]) },
          isAllowed: { require?($0, a, b, c) ?? true },
          perform: performing(
            { run(&$0, a, b, c) }, update.map { update in { update(&$0, a, b, c, $1) } },
            ensure.map { ensure in { ensure($0, a, b, c) } }))
      })
  }
}

/// The system first, then the model, then the postcondition over both sides of the step.
private func performing<Model, System: ~Copyable, Answer>(
  _ run: @escaping (inout System) -> Answer,
  _ update: ((inout Model, Answer) -> Void)?,
  _ ensure: ((Seen<Model, Answer>) -> String?)?
) -> (inout Model, inout System) -> StepOutcome {
  { model, system in
    let answer = run(&system)
    guard let ensure else {
      update?(&model, answer)
      return StepOutcome(answer: { answerText(answer) }, evidence: nil)
    }
    let before = model
    update?(&model, answer)
    return StepOutcome(
      answer: { answerText(answer) },
      evidence: ensure(Seen(before: before, after: model, answer: answer)))
  }
}
