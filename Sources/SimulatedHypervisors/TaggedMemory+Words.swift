import MemorySharing

/// Words with a value, for allocators that keep links in the memory they manage.
extension TaggedMemory {
  /// Writes eight bytes on behalf of the guest, so that they read back. Traps near 2^64.
  public func writeWord(_ value: UInt64, at address: PhysicalAddress) {
    let number = words.count
    words.append(value)
    fill(AddressRange(trapping: address, 8), .word(number))
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
      word |= value(of: origin, at: address) & mask
    }
    return word
  }

  private func value(of origin: ByteOrigin, at address: PhysicalAddress) -> UInt64 {
    if let number = origin.wordNumber { return words[number] }
    switch origin {
    case .zero: return 0
    case .secret: return 0x5EC2_E75E_C2E7_5EC2
    case .payload(let id): return 0x7061_796C_0000_0000 | UInt64(id)
    case .host(let id): return hostWord(id, address)
    }
  }
}
