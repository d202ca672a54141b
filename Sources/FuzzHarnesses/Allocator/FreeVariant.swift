import MemorySharing

/// How a block is given back.
package enum FreeVariant: String, CaseIterable, Sendable {
  case rightly, oneBlockUp, oneByteUp, halfTheSize, twiceTheSize, moreAligned, ofNoSize, tooLarge
  case misaligned, farAway, atZero

  /// The address, size and alignment that are given back, of what a slot holds or held.
  func request(
    _ held: NaiveBlocks.Held?, minimumBlock: UInt64
  ) -> (address: UInt64, size: UInt64, alignment: UInt64) {
    guard let held else { return (0, 1, 1) }
    let (address, size, alignment) = (held.address, held.layout.size, held.layout.alignment)
    return switch self {
    case .rightly: (address, size, alignment)
    case .oneBlockUp: (address &+ minimumBlock, size, alignment)
    case .oneByteUp: (address &+ 1, size, alignment)
    case .halfTheSize: (address, size - size / 2, alignment)
    case .twiceTheSize: (address, size &* 2, alignment)
    case .moreAligned: (address, size, alignment &* 2)
    case .ofNoSize: (address, 0, alignment)
    case .tooLarge: (address, .max, alignment)
    case .misaligned: (address, size, 3)
    case .farAway: (address ^ 1 << 62, size, alignment)
    case .atZero: (0, size, alignment)
    }
  }
}
