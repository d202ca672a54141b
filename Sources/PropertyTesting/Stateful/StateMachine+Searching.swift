extension StateMachine where System: ~Copyable {
  /// Runs many programs of the machine; the report tells step by step how each minimum fails.
  public func run(_ search: Search = Search()) -> Report<MachineFailure> {
    var report = search.run(property)
    report.describe = { "\(transcript(of: $0))" }
    return report
  }
}
