import MemorySharing
import SharingModel

extension AnswerChanger.Answer {
  /// Answers of every other case, with numbers that the call has or was answered.
  var others: [Outcome] {
    let asked = AnswerField.all(of: call).compactMap(\.value)
    var evidence = asked.indices.map { Array(asked[$0...]) }
    evidence.append(outcome.fields.compactMap(\.value))
    if let failure = firstFailure {
      evidence += [[UInt64(failure.function), failure.x1, failure.answer], [failure.answer]]
    }
    var others: [Outcome] = [
      .skipped, .done, .address(PhysicalAddress(asked.first ?? 1), nil),
      .unshared(UnshareReport()), .unmapped(MMIOReport(unmapped: 0, stillMapped: 0)),
      .refused(77),
    ].filter { $0.kind != outcome.kind }
    // What is wrong at the detection is an error always.
    if call == .detect { others = [] }
    for words in evidence {
      for form in ErrorForm.all where isAnother(form) {
        let error = form.error(words)
        if let error, !others.contains(.failed(error)) { others.append(.failed(error)) }
      }
    }
    return others
  }

  /// Whether it is not the answer's own error, nor one that may be told instead: of several faults
  /// any may be named (spec §7).
  private func isAnother(_ form: ErrorForm) -> Bool {
    guard let error = form.error([]) else { return false }
    if case .failed(let own) = outcome, own.number == error.number { return false }
    return !faults.contains { $0.isNamed(by: error) }
  }
}

extension ErrorForm {
  /// The error with these numbers as its evidence, as far as it has any.
  fileprivate func error(_ words: [UInt64]) -> ShareError? {
    func word(_ place: Int) -> UInt64 { words.indices.contains(place) ? words[place] : 0 }
    return ShareError(words: (number, word(0), word(1), word(2), word(3)))
  }
}
