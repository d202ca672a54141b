import Glibc
import MemorySharing

/// Guest memory of real bytes: an arena, a range that is shared before boot, and a driver's own.
///
/// Whatever touches no byte of it is noted, and left undone.
package final class ByteMemory: GuestMemory {
  static let arena = AddressRange(uncheckedStart: 0x8000_0000, size: 16 * 4096)
  static let fixed = AddressRange(uncheckedStart: 0x8001_0000, size: 8 * 4096)
  static let driver = AddressRange(uncheckedStart: 0x8001_8000, size: 4 * 3 * 4096)
  static var all: AddressRange {
    AddressRange(uncheckedStart: arena.start.rawValue, size: arena.size + fixed.size + driver.size)
  }

  /// Virtual less physical addresses, in bytes.
  let offset: UInt64
  /// Whether zeroing is forgotten: for tests of the checks.
  package var forgetsToZero = false
  private(set) var violation: String?
  private let bytes: UnsafeMutableRawBufferPointer
  private let remembered: UnsafeMutableRawBufferPointer

  init(offset: UInt64) {
    self.offset = offset
    bytes = .allocate(byteCount: Int(Self.all.size), alignment: 8)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    remembered = .allocate(byteCount: bytes.count, alignment: 8)
  }

  deinit {
    bytes.deallocate()
    remembered.deallocate()
  }

  package func zero(_ range: AddressRange) {
    if !forgetsToZero { fill(range, with: 0) }
  }

  package func copy(
    from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64
  ) {
    guard let from = part(source.rawValue, size), let to = part(destination.rawValue, size) else {
      return
    }
    to.copyMemory(from: UnsafeRawBufferPointer(from))
  }

  package func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue &+ offset)
  }

  package func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue &- offset)
  }

  // MARK: For driver, device and checks

  package func fill(_ range: AddressRange, with byte: UInt8) {
    part(range.start.rawValue, range.size)?
      .initializeMemory(as: UInt8.self, repeating: byte)
  }

  /// Fills a range with a word's bytes, lowest first, again and again.
  func fill(_ range: AddressRange, withWord word: UInt64) {
    guard let part = part(range.start.rawValue, range.size) else { return }
    var offset = 0
    while offset + 8 <= part.count {
      part.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < part.count {
      part[offset] = UInt8(truncatingIfNeeded: word >> UInt64(8 * (offset % 8)))
      offset += 1
    }
  }

  func write(_ bytes: [UInt8], at address: UInt64) {
    part(address, UInt64(bytes.count))?.copyBytes(from: bytes)
  }

  package func read(_ address: UInt64, _ size: UInt64) -> [UInt8] {
    part(address, size).map { Array($0) } ?? []
  }

  /// Whether every byte of a range is this one.
  func isFilled(_ range: AddressRange, with byte: UInt8) -> Bool {
    guard let part = part(range.start.rawValue, range.size), let start = part.baseAddress,
      part.count > 0
    else { return false }
    // All are like the first if each is like the one before it.
    return part[0] == byte && memcmp(start, start + 1, part.count - 1) == 0
  }

  /// Whether a range holds a byte.
  func holds(_ byte: UInt8, in range: AddressRange) -> Bool {
    guard let part = part(range.start.rawValue, range.size), let start = part.baseAddress else {
      return false
    }
    return memchr(start, CInt(byte), part.count) != nil
  }

  /// Remembers all bytes.
  func remember() { remembered.copyMemory(from: UnsafeRawBufferPointer(bytes)) }

  /// Whether all bytes are what they were when they were remembered.
  var isAsRemembered: Bool {
    guard let before = remembered.baseAddress, let now = bytes.baseAddress else { return false }
    return memcmp(before, now, bytes.count) == 0
  }

  private func part(_ address: UInt64, _ size: UInt64) -> UnsafeMutableRawBufferPointer? {
    let start = address &- Self.all.start.rawValue
    guard start <= UInt64(bytes.count), size <= UInt64(bytes.count) - start else {
      if violation == nil { violation = "\(address)+\(size) is no memory" }
      return nil
    }
    return UnsafeMutableRawBufferPointer(rebasing: bytes[Int(start)..<Int(start + size)])
  }
}
