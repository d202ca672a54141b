/// What the programs of a search were like.
public struct Statistics: Equatable, Sendable {
  /// How many programs were run, those that were discarded included.
  public private(set) var programs = 0
  /// How many said nothing.
  public private(set) var discards = 0
  /// How often each command was run.
  public private(set) var commands = Tally()
  /// How often each command was chosen where it could not be done.
  public private(set) var refusals = Tally()
  /// How many programs had each label.
  public private(set) var labels = Tally()
  /// How many abstract states all programs reached.
  public internal(set) var states = 0
  /// The highest score that a program had, if programs are scored.
  public internal(set) var bestScore: Int64?

  /// Nothing yet.
  public init() {}

  /// How many programs said something.
  public var valid: Int { programs - discards }

  mutating func add<Fingerprint>(_ evaluation: Evaluation<Fingerprint>) {
    programs += 1
    guard !evaluation.isDiscarded else { return discards += 1 }
    for name in evaluation.notes.commands { commands.add(name) }
    for name in evaluation.notes.refusals { refusals.add(name) }
    for name in Set(evaluation.notes.labels).sorted() { labels.add(name) }
  }
}

extension Statistics: CustomStringConvertible {
  public var description: String {
    var rows = ["\(programs) programs, \(discards) discarded"]
    if commands.total + refusals.total > 0 {
      rows[0] += ", \(commands.total) steps"
      rows += Set(commands.names + refusals.names).sorted().map { name in
        let refused = refusals[name]
        return "  \(commands[name]) \(name)" + (refused > 0 ? " (refused \(refused) times)" : "")
      }
    }
    if states > 0 { rows[0] += ", \(states) states" }
    if let bestScore { rows[0] += ", best score \(bestScore)" }
    rows += labels.names.map { "  \(share(labels[$0])) of the programs: \($0)" }
    return rows.joined(separator: "\n")
  }

  /// A count of programs in percent, rounded down.
  private func share(_ count: Int) -> String {
    let percent = 100 * count / max(valid, 1)
    return count > 0 && percent == 0 ? "<1 %" : "\(percent) %"
  }
}
