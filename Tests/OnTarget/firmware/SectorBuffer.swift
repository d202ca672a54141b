import MemorySharing

/// The private sector that all requests use, between canaries.
enum SectorBuffer {
  static var bytes: UInt64 { VirtioBlock.sectorBytes }
  private static var margin: UInt64 { 0x4000 }

  static var whole: GuestBuffer {
    GuestBuffer(address: VirtualAddress(Place.sector), size: bytes)
  }

  static func prepare() {
    fill(Place.sector - margin, bytes: margin, canary)
    fill(Place.sector, bytes: bytes, 0)
    fill(Place.sector + bytes, bytes: margin, canary)
  }

  static var isIntact: Bool {
    isFilled(Place.sector - margin, bytes: margin, canary)
      && isFilled(Place.sector + bytes, bytes: margin, canary)
  }

  /// Whether it holds a sector of the disk as it was made: `sector 00000009 ` again and again.
  static func holds(sector: UInt64) -> Bool {
    var scale: UInt64 = 10_000_000
    var text: (UInt64, UInt64) = (0x2072_6F74_6365_73, 0)
    // Little endian: "sector " and the first digit in one word, the other digits and a blank in the
    // next.
    for index: UInt64 in 0..<8 {
      let digit = 48 + sector / scale % 10
      if index == 0 { text.0 |= digit << 56 } else { text.1 |= digit << ((index - 1) * 8) }
      scale /= 10
    }
    text.1 |= 0x20 << 56
    for word in 0..<bytes / 16 {
      if r64(Place.sector + word * 16) != text.0 { return false }
      if r64(Place.sector + word * 16 + 8) != text.1 { return false }
    }
    return true
  }
}
