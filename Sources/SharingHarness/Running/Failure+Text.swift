import SharingModel

extension Failure: CustomStringConvertible {
  /// What is violated, by which evidence, and the program.
  public var description: String {
    let violated = verdict.violations.map { violation in
      let sentence = Invariant.all[violation.invariant].sentence
      return "\(violation.id): \(sentence)\n  \(violation.evidence.text)"
    }
    let place = "on \(backend.id), step \(verdict.failingStep + 1) of \(program.steps.count)"
    return (violated + [place, program.text]).joined(separator: "\n")
  }
}
