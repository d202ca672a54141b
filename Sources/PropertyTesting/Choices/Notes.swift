/// What a run says about itself, for statistics and for the search; it changes no verdict.
public struct Notes: Sendable {
  /// Which classes the run belongs to, or what it reached, each as often as it was said.
  public private(set) var labels: [String] = []
  /// Hashes of the abstract states that the run went through.
  public private(set) var states: [UInt64] = []
  /// How near the run came to what is searched for; the highest that was said.
  public private(set) var score: Int64?

  /// No notes.
  @inlinable
  public init() {}

  /// Says that the run belongs to a class, or has reached something that a test may require.
  public mutating func label(_ name: String) {
    labels.append(name)
  }

  /// Says that the run went through an abstract state; runs that bring new ones are built upon.
  public mutating func visit(_ state: UInt64) {
    if states.last != state { states.append(state) }
  }

  /// Says how near the run came to what is searched for; runs with a higher score are built upon.
  public mutating func aim(_ score: Int64) {
    self.score = max(self.score ?? score, score)
  }

  /// Adds what another run of the same case says, on another machine say.
  public mutating func add(_ other: Notes) {
    labels += other.labels
    for state in other.states { visit(state) }
    if let score = other.score { aim(score) }
  }
}
