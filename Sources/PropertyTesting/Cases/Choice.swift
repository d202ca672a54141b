/// One value that was chosen, with what the grammar said about it.
public struct Choice: Hashable, Sendable {
  /// How a choice is written as bytes.
  public enum Form: Hashable, Sendable {
    /// Little-endian, in 1, 2, 4 or 8 bytes, as the bound needs.
    case integer
    /// In 4 bytes, as a ``Magnitude``.
    case magnitude
    /// As an integer, which is the place of a signed number in the order of a range.
    case signed(NearestToZero)

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

extension Choice {
  /// The number that was chosen, with its sign.
  var number: Int128 {
    guard case .signed(let order) = form else { return Int128(value) }
    return Int128(order.value(of: value))
  }

  /// The choice of another number; `nil` if it is out of range.
  func choosing(_ number: Int128) -> Choice? {
    var result = self
    if case .signed(let order) = form {
      guard let number = Int64(exactly: number), order.range.contains(number) else { return nil }
      result.value = order.code(of: number)
    } else {
      guard let number = UInt64(exactly: number), bound == 0 || number < bound else { return nil }
      result.value = number
    }
    return result
  }
}
