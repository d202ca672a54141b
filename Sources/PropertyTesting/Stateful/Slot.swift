/// The name of something that a command creates and later ones use and end: `a`, `b`, `c`, …
///
/// Commands name slots and never things: what a later command means cannot change when an earlier
/// one is deleted, and the shrinker can tell a creation from its uses and its end.
public struct Slot: Sendable {
  /// Its number in its space.
  public let number: Int
  /// Which space of slots it belongs to.
  public let space: UInt8
  /// Whether the command that names it puts something new there.
  let isDefined: Bool
}

extension Slot: Hashable {
  public static func == (left: Slot, right: Slot) -> Bool {
    left.number == right.number && left.space == right.space
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(number)
    hasher.combine(space)
  }
}

extension Slot: CustomStringConvertible {
  /// Small letters in the first space, capital ones in the second; primes tell further spaces.
  public var description: String {
    let first: UInt32 = space % 2 == 0 ? 0x61 : 0x41
    let letter = Unicode.Scalar(first + UInt32(number % 26)).map(String.init) ?? "?"
    let round = number < 26 ? "" : "\(number / 26)"
    return letter + round + String(repeating: "'", count: Int(space / 2))
  }
}
