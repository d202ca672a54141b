import Exploration
import MemorySharing
import ProgramText
import SharingHarness
import SharingModel

/// What each part of a program is there for: what happens without it.
package struct Ablation: Equatable, Sendable {
  /// A part, and what happens without it.
  package struct Part: Equatable, Sendable {
    /// The part, as program texts have it.
    package let text: String
    package let effect: Effect
  }

  /// What happens without a part.
  package enum Effect: Equatable, Sendable {
    /// Nothing can run without it.
    case cannotRun
    case holds
    /// Something else is violated, or elsewhere.
    case failsOtherwise(String)
    /// The same comes of the program: it fails in the same way, or it holds as it did. The text
    /// says what differs all the same, if anything does.
    case same(String?)
  }

  /// Whether the whole program holds.
  package let holds: Bool
  /// The commands up to the failing one, each as if it were not there.
  package let commands: [Part]
  /// The faults of commands, each as if its command had none.
  package let faults: [Part]
  /// What is unusual about the machine, each as it usually is.
  package let machine: [Part]

  /// - Parameters:
  ///   - whole: the program as it is, with its account.
  ///   - run: runs another program where the first one ran; nil where it cannot run.
  package init(
    _ whole: Finding, run: (Program) throws -> Finding?
  ) rethrows {
    let program = whole.program
    let verdict = whole.verdict
    holds = verdict.holds
    let steps = program.steps.indices.filter { verdict.holds || $0 <= verdict.failingStep }
    commands = try steps.map { index in
      var without = program
      without.steps.remove(at: index)
      let effect = Effect(whole, try run(without), missing: index)
      return Part(text: program.steps[index].text, effect: effect)
    }
    faults = try steps.filter { !program.steps[$0].faults.isEmpty }.map { index in
      var without = program
      without.steps[index].faults = []
      return Part(
        text: program.steps[index].text,
        effect: Effect(whole, try run(without), missing: nil))
    }
    machine = try program.configuration.peculiarities.map { text, usual in
      var without = program
      without.configuration = usual
      return Part(text: text, effect: Effect(whole, try run(without), missing: nil))
    }
  }

  /// The parts without which the program fails in the same way: it is not minimal if there are any.
  package var needless: [Part] {
    guard !holds else { return [] }
    return (commands + faults).filter { if case .same = $0.effect { true } else { false } }
  }
}

extension Ablation.Effect {
  /// - Parameter missing: the command that was left out, if one was.
  fileprivate init(_ whole: Finding, _ other: Finding?, missing: Int?) {
    guard let other else {
      self = .cannotRun
      return
    }
    guard other.fingerprint == whole.fingerprint else {
      let (command, its) = (whole.verdict.failingCommand, other.verdict.failingCommand)
      let place = its == command ? "" : " in \(its.word)"
      self = other.fingerprint.map { .failsOtherwise($0.invariant + place) } ?? .holds
      return
    }
    let lines = whole.program.steps.map(\.text) + ["end"]
    let outcomes = whole.account?.outcomes ?? []
    let kept = outcomes.indices.filter { $0 != missing }
    let first = zip(kept, other.account?.outcomes ?? []).first { outcomes[$0] != $1 }
    self = .same(first.map { "\"\(lines[min($0.0, lines.count - 1)])\" → \($0.1)" })
  }
}

extension Configuration {
  /// The entries that are not as they usually are, and the machine on which each of them is.
  fileprivate var peculiarities: [(text: String, usual: Configuration)] {
    let usual = Configuration()
    func entry<Value: Equatable>(
      _ name: String, _ value: String, _ path: WritableKeyPath<Configuration, Value>
    ) -> (text: String, usual: Configuration)? {
      guard self[keyPath: path] != usual[keyPath: path] else { return nil }
      var other = self
      other[keyPath: path] = usual[keyPath: path]
      other = other.normalised
      return other == self ? nil : ("\(name)=\(value)", other)
    }
    return [
      entry("granule", "\(granule)", \.granule),
      entry("minimum-block", "\(minimumBlock)", \.minimumBlock),
      entry("pool-orders", "\(poolOrders)", \.poolOrders),
      entry("heap-orders", "\(heapOrders)", \.heapOrders),
      entry("heap", heapRule.word, \.heapRule),
      entry("arena start", hex(arenaStart), \.arenaStart),
      entry("arena size", hex(arenaSize), \.arenaSize),
      entry("offset", hex(virtualOffset), \.virtualOffset),
      entry("static-pages", "\(staticPages)", \.staticPages),
      entry("initialised", startsInitialised ? "yes" : "no", \.startsInitialised),
    ].compactMap { $0 }
  }
}
