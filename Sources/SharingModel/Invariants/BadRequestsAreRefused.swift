extension Invariant {
  static let badRequestsAreRefused = Invariant(
    "bad-requests-are-refused",
    "A call outside its contract throws, with the error that names the fault."
  ) { model in
    if let range = model.observation.unclaimed {
      return "another owner may claim \(range), which the pool serves"
    }
    let faults = model.record.faults
    guard let first = faults.first else { return nil }
    // Whether it may halt, `calls-return` knows.
    if model.outcome.isHalt { return nil }
    guard model.outcome.isError else {
      return "the call has \(first.rawValue), and answered \(model.outcome)"
    }
    guard model.shown.contains(.namedErrors) else { return nil }
    if case .failed(let error) = model.outcome, faults.contains(where: { $0.isNamed(by: error) }) {
      return nil
    }
    return "the call has \(first.rawValue), and \(model.outcome)"
  }
}
