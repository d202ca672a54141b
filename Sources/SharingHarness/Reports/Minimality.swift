/// How sure it is that a program is the smallest that fails in its way.
public struct Minimality: Codable, Equatable, Sendable {
  /// The number of its commands.
  public var length: Int
  /// All programs with fewer commands than this were tried: as many as it has, if it is proved
  /// minimal.
  public var reached: Int
  /// How many programs were run.
  public var tried: Int
  /// What they were made of.
  public var alphabet: [String]
  /// The text of a smaller program that fails in the same way, if there is one.
  public var smaller: String?

  public init(length: Int, tried: Int, alphabet: [String]) {
    self.length = length
    self.reached = length
    self.tried = tried
    self.alphabet = alphabet
  }

  /// Whether no smaller program fails in the same way.
  public var isProved: Bool { smaller == nil && reached == length }

  /// What was proved, and of what.
  public var lines: [String] {
    let programs = Counterexample.counted(tried, "program")
    let first =
      if smaller != nil {
        "A smaller program fails in the same way: \(programs) tried."
      } else if isProved {
        "No smaller program fails in this way: \(programs) tried, all that have fewer commands."
      } else if reached == 0 {
        "Not proved minimal: the budget ended before the first program."
      } else {
        "Not proved minimal: none with fewer than \(Counterexample.counted(reached, "command"))"
          + " fails in this way, and the budget ended after \(programs)."
      }
    return [first, "Programs are made of"] + alphabet.map { "  " + $0 }
      + [
        "Passed over is what goes on behind a violation, behind a step or a fault that came to nothing,",
        "and what ends with another kind of command than the one that fails.",
      ]
  }
}
