/// What a choice has to do with the slots that commands name.
///
/// The number says which space of slots is meant. The shrinker reads lifetimes from the roles and
/// needs to know nothing else of the domain.
public enum Role: Hashable, Sendable {
  /// No slot at all.
  case plain
  /// No slot either, but it decides what is chosen next: the kind of a command, whether there is
  /// one more element.
  case shape
  /// The record creates what it puts into this slot.
  case defines(UInt8)
  /// The record uses what the slot holds.
  case uses(UInt8)
  /// The record ends what the slot holds.
  case ends(UInt8)

  /// The space of slots, if this is about one.
  public var space: UInt8? {
    switch self {
    case .plain, .shape: nil
    case .defines(let space), .uses(let space), .ends(let space): space
    }
  }
}
