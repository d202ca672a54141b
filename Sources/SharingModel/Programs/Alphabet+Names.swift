import PropertyTesting

extension Alphabet {
  /// The slots that have a name while a program is chosen.
  struct Names {
    /// How many have one: those below this number.
    var used: Int
    /// How many may have one.
    let most: Int
    /// Whether no step comes after the one that is chosen.
    var isLast = false

    /// A slot that has a name, or the next one that has none.
    mutating func new(_ choices: inout Choices) -> Slot {
      let choice = Int(choices.integer(below: UInt64(min(used + 1, most))))
      used = max(used, choice + 1)
      return Slot(choice)
    }

    /// The same, for a command that does nothing with its slot but to keep there what it makes:
    /// where no later step uses it, one slot stands for all.
    mutating func newToKeep(_ choices: inout Choices) -> Slot {
      isLast ? Slot(0) : new(&choices)
    }

    /// A slot that has a name. Of those that have none the first stands for all, and only where
    /// there is no other: what uses it is a no-op.
    func used(_ choices: inout Choices) -> Slot {
      Slot(Int(choices.integer(below: UInt64(max(used, 1)))))
    }
  }
}
