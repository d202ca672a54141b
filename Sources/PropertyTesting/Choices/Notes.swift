/// What a run says about itself, for statistics and for the search; it changes no verdict.
public struct Notes: Sendable {
  /// Which classes the run belongs to, or what it reached, each as often as it was said.
  public private(set) var labels: [String] = []
  /// Hashes of the abstract states that the run went through.
  public private(set) var states: [UInt64] = []
  /// How near the run came to what is searched for; the highest that was said.
  public private(set) var score: Int64?
  /// The commands that were run, in order.
  public private(set) var commands: [String] = []
  /// The commands that were chosen where they could not be done.
  public private(set) var refusals: [String] = []

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

  /// Says that a command was run.
  public mutating func run(_ command: String) {
    commands.append(command)
  }

  /// Says that a command was chosen whose precondition did not hold.
  public mutating func refuse(_ command: String) {
    refusals.append(command)
  }

  /// Says that the run went through the abstract state that some numbers describe.
  public mutating func visit(_ numbers: [Int]) {
    let hash = numbers.reduce(UInt64(numbers.count)) { hash, number in
      var mixed = RandomNumbers(seed: hash ^ UInt64(bitPattern: Int64(number)))
      return mixed.next()
    }
    visit(hash)
  }

  /// Adds what another run of the same case says, on another machine say.
  public mutating func add(_ other: Notes) {
    labels += other.labels
    commands += other.commands
    refusals += other.refusals
    for state in other.states { visit(state) }
    if let score = other.score { aim(score) }
  }
}
