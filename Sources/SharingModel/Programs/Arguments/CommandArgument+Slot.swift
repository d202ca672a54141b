import PropertyTesting

/// What a command does with the slot that it names.
public enum SlotUse: Sendable {
  /// Keeps there what it makes, and does nothing else with it.
  case keeps
  /// Keeps there what it makes, of memory that lies where the slot says.
  case places
  /// Uses what the slot holds.
  case uses
  /// Frees what the slot holds.
  case ends

  /// Whether the slot gets what the command makes.
  var makes: Bool {
    switch self {
    case .keeps, .places: true
    case .uses, .ends: false
    }
  }

  /// The role that the shrinker gets.
  var role: Role {
    switch self {
    case .keeps, .places: .defines(Grammar.slots)
    case .uses: .uses(Grammar.slots)
    case .ends: .ends(Grammar.slots)
    }
  }
}

extension CommandArgument {
  static let slotToKeep = slot(.keeps) { names, choices in names.newToKeep(&choices) }
  static let slotToPlace = slot(.places) { names, choices in names.new(&choices) }
  static let slotToUse = slot(.uses) { names, choices in names.used(&choices) }
  static let slotToFree = slot(.ends) { names, choices in names.used(&choices) }

  /// A slot from a to h, drawn from the few that a program keeps to.
  private static func slot(
    _ use: SlotUse,
    _ tried: @escaping @Sendable (inout Alphabet.Names, inout Choices) -> Slot
  ) -> CommandArgument {
    CommandArgument(
      "a slot", "SLOT", .slot, .range(0...UInt64(Slot.count - 1)), slotUse: use,
      draw: { draw, numbers in numbers.next(below: draw.slots) },
      set: { $1.slot = Slot(Int($0)) }, number: { UInt64($0.slot.index) },
      tries: { _, names, choices, values in values.slot = tried(&names, &choices) })
  }
}
