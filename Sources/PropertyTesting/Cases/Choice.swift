/// What a choice has to do with the slots that commands name.
///
/// The number says which space of slots is meant. The shrinker reads lifetimes from the roles and
/// needs to know nothing else of the domain.
public enum Role: Hashable, Sendable {
  /// No slot at all.
  case plain
  /// The record creates what it puts into this slot.
  case defines(UInt8)
  /// The record uses what the slot holds.
  case uses(UInt8)
  /// The record ends what the slot holds.
  case ends(UInt8)

  /// The space of slots, if this is about one.
  public var space: UInt8? {
    switch self {
    case .plain: nil
    case .defines(let space), .uses(let space), .ends(let space): space
    }
  }
}

/// One value that was chosen, with what the grammar said about it.
public struct Choice: Hashable, Sendable {
  /// How a choice is written as bytes.
  public enum Form: Hashable, Sendable {
    /// Little-endian, in 1, 2, 4 or 8 bytes, as the bound needs.
    case integer
    /// In 4 bytes, as a ``Magnitude``.
    case magnitude

    /// The number of bytes a choice of this form takes.
    @inlinable
    public func byteCount(below bound: UInt64) -> Int {
      if self == .magnitude { return 4 }
      return switch bound &- 1 {
      case 0...0xff: 1
      case 0...0xffff: 2
      case 0...0xffff_ffff: 4
      default: 8
      }
    }
  }

  /// What was chosen; lower is simpler.
  public var value: UInt64
  /// The number of values there were to choose from; 0 means all of `UInt64`.
  public let bound: UInt64
  /// What the choice has to do with slots.
  public let role: Role
  /// How the choice is written as bytes.
  public let form: Form

  /// Describes one choice.
  @inlinable
  public init(value: UInt64, bound: UInt64 = 0, role: Role = .plain, form: Form = .integer) {
    self.value = value
    self.bound = bound
    self.role = role
    self.form = form
  }
}
