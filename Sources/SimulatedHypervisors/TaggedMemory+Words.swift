import MemorySharing

/// Words with a value, for allocators that keep links in the memory they manage.
extension TaggedMemory {
  /// Writes eight bytes on behalf of the guest, so that they read back. Traps near 2^64.
  public func writeWord(_ value: UInt64, at address: PhysicalAddress) {
    store(newWord(value), in: AddressRange(trapping: address, 8))
  }

  /// The origin of bytes of a word with this value, which no other write has.
  public func newWord(_ value: UInt64) -> ByteOrigin {
    words.append(value)
    return .word(words.count - 1)
  }

  /// Reads eight bytes, lowest first: each byte from the word that its origin stands for.
  ///
  /// Zero reads 0, a word of the guest's what was written, also where it was copied to; the host's
  /// bytes read as `hostWord` decides, and everything else as a value that gives the origin away.
  /// Traps near 2^64.
  public func readWord(at address: PhysicalAddress) -> UInt64 {
    var word: UInt64 = 0
    forEachRun(in: AddressRange(trapping: address, 8)) { run, origin in
      let low = (run.start.rawValue &- address.rawValue) * 8
      let mask = (run.size == 8 ? UInt64.max : (1 << (run.size * 8)) - 1) << low
      word |= self.word(of: origin, at: address) & mask
    }
    return word
  }

  /// What a word of one origin reads as. Of what is neither zero nor the host's nor a word of the
  /// guest's, no byte is 0, and none is found in a word of another kind.
  public func word(of origin: ByteOrigin, at address: PhysicalAddress) -> UInt64 {
    if let number = origin.wordNumber { return words[number] }
    switch origin {
    case .zero: return 0
    case .secret: return Self.secretWord
    case .payload(let id): return Self.payloadWord(id)
    case .host(let id): return hostWord(id, address)
    }
  }

  /// The same byte eight times, so that it is known again wherever it is copied to.
  public static var secretWord: UInt64 { 0xE5E5_E5E5_E5E5_E5E5 }

  /// The origin of bytes of the driver's or the host's that a word was copied from; nil where there
  /// are none that read so.
  public func written(as word: UInt64) -> ByteOrigin? {
    let isPayload = Self.isPayload(word)
    let found = firstRun(in: AddressRange(uncheckedStart: 0, size: .max)) { origin in
      switch origin {
      case .zero, .secret: false
      case .payload: isPayload && self.word(of: origin, at: PhysicalAddress(0)) == word
      case .host(let id): hostWord(id, PhysicalAddress(0)) == word
      }
    }
    return found?.1
  }

  /// Whether a word says where it comes from by what it is: zeros, the guest's own bytes, or what
  /// the driver sends.
  public static func isKnown(_ word: UInt64) -> Bool {
    word == 0 || word == secretWord || isPayload(word)
  }

  private static func isPayload(_ word: UInt64) -> Bool {
    word & 0xF0F0_F0F0_F0F0_F0F0 == 0xB0B0_B0B0_B0B0_B0B0
  }

  /// The id, mixed so that neighbours differ in most of their digits, a byte for each digit.
  private static func payloadWord(_ id: UInt32) -> UInt64 {
    var word: UInt64 = 0
    var rest = UInt64(id &* 0x9E37_79B1)
    for place in 0..<8 {
      word |= (0xB0 | rest & 0xF) << UInt64(place * 8)
      rest >>= 4
    }
    return word
  }
}
