import PropertyTesting
import Testing

extension StateMachine where System: ~Copyable {
  /// Expects that one of 500 programs fails for a reason that reads so.
  ///
  /// One sabotage may show in several ways; the one that it is there for must be among them.
  func mustSay(_ evidence: String, sourceLocation: SourceLocation = #_sourceLocation) {
    var said: [String] = []
    for seed in UInt64(1)...500 {
      guard let finding = property.run(seed: seed) else { continue }
      let text = transcript(of: finding.testCase).evidence ?? ""
      if text.contains(evidence) { return }
      if !said.contains(text), said.count < 5 { said.append(text) }
    }
    Issue.record("it only says \(said)", sourceLocation: sourceLocation)
  }

  /// Whether one of 500 programs fails.
  var isCaught: Bool { (1...500).contains { property.run(seed: $0) != nil } }
}
