/// Private storage for metadata, kept from one system to the next, with guard words around it.
///
/// What is handed out holds no more than was asked for, nor what an earlier system left there, so
/// that what a system does depends on no other. What is written outside of it is seen.
struct GuardedStorage {
  /// Bytes before and after what is handed out.
  private static var guardBytes: Int { 64 }
  private static var guardByte: UInt8 { 0xC5 }
  /// What storage holds when it is handed out, as far as this many bytes.
  private static var freshByte: UInt8 { 0xA5 }
  private static var mostFreshBytes: Int { 1 << 16 }

  private var blocks: [UnsafeMutableRawBufferPointer] = []
  /// The bytes that were handed out of each block; nil where none were.
  private var sizes: [Int?] = []

  /// Storage of this many bytes, aligned to 16; the same number gives the same memory again.
  mutating func storage(_ number: Int, bytes: Int) -> UnsafeMutableRawBufferPointer {
    while blocks.count <= number {
      blocks.append(.allocate(byteCount: 4096, alignment: 16))
      sizes.append(nil)
    }
    let whole = bytes + 2 * Self.guardBytes
    if blocks[number].count < whole {
      blocks[number].deallocate()
      blocks[number] = .allocate(byteCount: whole, alignment: 16)
    }
    sizes[number] = bytes
    let block = blocks[number]
    for start in [0, Self.guardBytes + bytes] {
      UnsafeMutableRawBufferPointer(rebasing: block[start..<start + Self.guardBytes])
        .initializeMemory(as: UInt8.self, repeating: Self.guardByte)
    }
    let storage = UnsafeMutableRawBufferPointer(
      rebasing: block[Self.guardBytes..<Self.guardBytes + bytes])
    UnsafeMutableRawBufferPointer(rebasing: storage.prefix(Self.mostFreshBytes)).initializeMemory(
      as: UInt8.self, repeating: Self.freshByte)
    return storage
  }

  /// Takes everything back.
  mutating func reset() { for number in sizes.indices { sizes[number] = nil } }

  /// The first storage of which a guard has been written to.
  var firstOverrun: Int? {
    for number in sizes.indices {
      guard let size = sizes[number] else { continue }
      let isWritten =
        Self.isWritten(blocks[number], from: 0)
        || Self.isWritten(blocks[number], from: Self.guardBytes + size)
      if isWritten { return number }
    }
    return nil
  }

  func deallocate() { for block in blocks { block.deallocate() } }

  /// Whether the guard that begins here has been written to.
  private static func isWritten(_ block: UnsafeMutableRawBufferPointer, from start: Int) -> Bool {
    let guardWords = UnsafeRawBufferPointer(rebasing: block[start..<start + guardBytes])
    var difference: UInt64 = 0
    for place in 0..<guardBytes / 8 {
      difference |= guardWords.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self) ^ guardWord
    }
    return difference != 0
  }

  /// As many bytes of a guard as are compared at once.
  private static var guardWord: UInt64 { UInt64(guardByte) &* 0x0101_0101_0101_0101 }
}
