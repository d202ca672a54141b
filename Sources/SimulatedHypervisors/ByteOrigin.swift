/// Where the content of a byte comes from: what simulated memory holds instead of the byte.
public enum ByteOrigin: Equatable, Hashable, Sendable {
  /// Zeroed by the guest.
  case zero
  /// The guest's own, never meant for the host: what all memory starts as.
  case secret
  /// Written by the guest on purpose; the id says by which write. Ids of 2^31 and above belong to
  /// the words of `TaggedMemory.writeWord(_:at:)`.
  case payload(UInt32)
  /// Written by the host; the id says by which write.
  case host(UInt32)
}

extension ByteOrigin {
  /// The origin of the word that `TaggedMemory` keeps under this number.
  static func word(_ number: Int) -> ByteOrigin {
    .payload(0x8000_0000 | UInt32(truncatingIfNeeded: number))
  }

  /// The number of the kept word that this origin names, if it names one.
  var wordNumber: Int? {
    if case .payload(let id) = self, id >= 0x8000_0000 { return Int(id & 0x7FFF_FFFF) }
    return nil
  }
}
