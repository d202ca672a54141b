/// A name that a program gives to what a command created: a to h.
///
/// Commands name slots, never addresses, so that deleting one command does not change what another
/// means. A slot remembers what it held after that was freed, which makes double frees programs
/// too.
public struct Slot: Equatable, Hashable, Sendable {
  public static var count: Int { 8 }

  public let index: Int

  /// The slot of an index from 0 to 7.
  public init(_ index: Int) {
    precondition(index >= 0 && index < Self.count, "there are eight slots")
    self.index = index
  }

  public var name: String { String(UnicodeScalar(UInt8(97 + index))) }

  public init?(name: some StringProtocol) {
    guard name.utf8.count == 1, let letter = name.utf8.first, letter >= 97,
      letter < 97 + UInt8(Self.count)
    else { return nil }
    index = Int(letter) - 97
  }
}
