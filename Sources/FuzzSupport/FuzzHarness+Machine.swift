import PropertyTesting

extension FuzzHarness {
  /// Fuzzes a state machine: what its tests draw at random, the fuzzer chooses.
  ///
  /// - Parameter mostCommands: the most steps of an input; what is longer is cut off.
  public init<Model, System: ~Copyable>(
    name: String, finds: String, mostCommands: Int = 64, machine: StateMachine<Model, System>
  ) {
    let property = machine.property
    let counter = Counter()
    let layout = InputLayout(
      configurationWidth: machine.bytesPerStep, commandWidth: machine.bytesPerStep,
      mostCommands: mostCommands
    ) { choices in
      machine.draw(&choices)
    }
    self.init(name: name, finds: finds, layout: layout, commands: { counter.count }) { bytes in
      let evaluation = property.evaluate(Choices(bytes: bytes.prefix(layout.mostBytes)))
      counter.count += evaluation.notes.commands.count
      for state in evaluation.notes.states { StateCounters.visit(state) }
      guard evaluation.fingerprint != nil,
        let finding = property.run(bytes: bytes.prefix(layout.mostBytes))
      else { return nil }
      return machine.transcript(of: finding.testCase).description
    }
    checkText = { text in
      let testCase = try machine.parse(text)
      guard property.evaluate(testCase).fingerprint != nil else { return nil }
      return machine.transcript(of: testCase).description
    }
    shrink = { bytes in
      guard let finding = property.run(bytes: bytes.prefix(layout.mostBytes)),
        let minimum = property.minimum(of: finding, budget: 200_000)
      else { return nil }
      let (shrunk, proof) = (minimum.candidate, minimum.proof)
      let transcript = machine.transcript(of: shrunk.testCase).description
      let story = transcript.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "# \($0)" }.joined(separator: "\n")
      return ShrunkInput(
        failure: "\(finding.fingerprint)",
        text: """
          # \(name), shrunk from \(finding.testCase.length) commands to \(shrunk.testCase.length) \
          by running \(shrunk.evaluations) programs; \(proof.words)
          \(story)
          \(machine.text(of: shrunk.testCase))

          """)
    }
  }

  /// Counts what closures run.
  private final class Counter {
    var count = 0
  }
}

extension ProofResult {
  /// The result of the proof, in words that follow a comma.
  fileprivate var words: String {
    switch self {
    case .proved(let tried): "no program of fewer commands fails so, \(tried) tried:"
    case .found(_, let tried): "a program of fewer commands fails so, the last of \(tried) tried:"
    case .outOfBudget(let length, let tried):
      "no program of fewer than \(length) commands fails so, \(tried) tried:"
    }
  }
}
