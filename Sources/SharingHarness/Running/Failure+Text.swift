import SharingModel

extension Failure: CustomStringConvertible {
  /// What is violated, by which evidence, and the program with a mark at the failing step.
  public var description: String {
    let violated = verdict.violations.map { violation in
      let sentence = Invariant.all[violation.invariant].sentence
      return "\(violation.id): \(sentence)\n  \(violation.evidence.text)"
    }
    let place = "on \(backend.id), step \(verdict.failingStep + 1) of \(program.steps.count)"
    return (violated + [place, programText]).joined(separator: "\n")
  }

  // The one place that prints programs here: the text that replays takes it over.
  private var programText: String {
    let lines = program.steps.enumerated().map { index, step in
      let mark = index == verdict.failingStep ? ">" : " "
      let fault = step.fault.map { "   fault: \($0)" } ?? ""
      return "\(mark) \(index + 1)  \(step.command)\(fault)"
    }
    return (["  \(program.configuration)"] + lines).joined(separator: "\n")
  }
}
