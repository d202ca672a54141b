// MARK: - One run

extension StateMachine where System: ~Copyable {
  /// What a run has: a model and a system of its own.
  private struct Run: ~Copyable {
    var model: Model
    var system: System
  }

  /// Plays the program that the choices make, step by step while it is chosen, up to a failure.
  func play(
    _ choices: inout Choices, _ transcript: inout Transcript?
  ) throws(Discard) -> MachineFailure? {
    let start = try choices.record(bytes: bytesPerStep) { choices throws(Discard) in
      try self.start(&choices)
    }
    var run = Run(model: start.model, system: start.system())
    transcript?.begin(choices.recorded, text(ofStart:))
    observe?(run.model, &choices.notes)
    let weights = choices.bias(otherwise: standardWeights) { swarmWeights(&$0) }
    if let failure = failure(&run, after: nil, &transcript) { return failure }
    while choices.hasMoreRecords() {
      if let failure = step(&run, &choices, weights, &transcript) { return failure }
    }
    for check in teardowns {
      guard let evidence = check.evidence(run.model, &run.system) else { continue }
      let failure = MachineFailure(.teardown(check.name))
      transcript?.fail(failure, evidence, afterStep: false)
      return failure
    }
    return nil
  }

  /// Makes the choices of a program without running it.
  public func draw(_ choices: inout Choices) {
    _ = choices.record(bytes: bytesPerStep) { try? start(&$0) }
    let weights = choices.bias(otherwise: standardWeights) { swarmWeights(&$0) }
    while choices.hasMoreRecords() {
      _ = choices.record(bytes: bytesPerStep) { drawStep(&$0, weights) }
    }
  }

  private func step(
    _ run: inout Run, _ choices: inout Choices, _ weights: Weights,
    _ transcript: inout Transcript?
  ) -> MachineFailure? {
    let step = choices.record(bytes: bytesPerStep) { drawStep(&$0, weights, run.model) }
    let isAllowed = step.isAllowed(run.model)
    transcript?.add(choices.recorded, text(ofStep:), isSkipped: !isAllowed)
    guard isAllowed else {
      choices.notes.refuse(step.name)
      return nil
    }
    choices.notes.run(step.name)
    let outcome = step.perform(&run.model, &run.system)
    transcript?.answer(outcome.answer())
    if let evidence = outcome.evidence {
      let failure = MachineFailure(.postcondition, after: step.name)
      transcript?.fail(failure, evidence, afterStep: true)
      return failure
    }
    observe?(run.model, &choices.notes)
    return failure(&run, after: step.name, &transcript)
  }

  /// The first invariant that does not hold.
  private func failure(
    _ run: inout Run, after command: String?, _ transcript: inout Transcript?
  ) -> MachineFailure? {
    for check in invariants {
      guard let evidence = check.evidence(run.model, &run.system) else { continue }
      let failure = MachineFailure(.invariant(check.name), after: command)
      transcript?.fail(failure, evidence, afterStep: command != nil)
      return failure
    }
    return nil
  }
}

// MARK: - What is drawn

extension StateMachine where System: ~Copyable {
  /// Chooses a step; at random one that may not be done is drawn again, up to three times.
  ///
  /// The tries leave no trace in what is recorded, so no case means anything else by it.
  private func drawStep(
    _ choices: inout Choices, _ weights: Weights, _ model: Model
  ) -> DrawnStep<Model, System> {
    for _ in 0..<3 where choices.source == .random {
      let before = choices
      let step = drawStep(&choices, weights)
      if step.isAllowed(model) { return step }
      let numbers = choices.numbers
      choices = before
      choices.numbers = numbers
      choices.notes.refuse(step.name)
    }
    return drawStep(&choices, weights)
  }

  /// Chooses a step, whatever the model says.
  func drawStep(_ choices: inout Choices, _ weights: Weights) -> DrawnStep<Model, System> {
    let command = commands[choices.index(weights: weights, role: .shape)]
    do throws(Discard) {
      return try command.draw(&choices)
    } catch {
      return .withoutArguments(command.name)
    }
  }

  var standardWeights: Weights {
    precondition(
      commands.contains { $0.weight > 0 }, "a machine has at least one command with a weight")
    return Weights(commands.map(\.weight))
  }

  /// The weights of one program: without some of the commands, with more of others.
  ///
  /// One program in four has the standard weights. What a program lacks leaves room for the rest:
  /// a queue fills up where nothing is popped.
  private func swarmWeights(_ numbers: inout RandomNumbers) -> Weights {
    if numbers.chance(1, outOf: 4) { return standardWeights }
    let factors: [UInt32] = [0, 1, 1, 4]
    let weights = commands.map { command in
      min(command.weight, .max / 4) * factors[Int(numbers.next(below: 4))]
    }
    return weights.contains { $0 > 0 } ? Weights(weights) : standardWeights
  }
}
