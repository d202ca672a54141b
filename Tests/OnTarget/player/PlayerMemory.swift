import MemorySharing

/// The guest's memory. Arena and static range are where they are; the driver's private buffers,
/// which the model keeps far above all RAM, are in windows of their own. Whatever the core does to
/// it is told.
struct PlayerMemory: GuestMemory {
  /// Where the model has the driver's memory, and how much of it belongs to each slot.
  let driverStart: UInt64
  let driverPart: UInt64
  /// Virtual addresses less physical ones.
  let virtualOffset: UInt64

  /// What the judge's machines lie in.
  private static var ram: Range<UInt64> { 0x4600_0000..<0x4800_0000 }
  private static var windows: UInt64 { 0x4800_0000 }
  /// Bytes of a slot's part that are really there: more than any pool of the judge's holds.
  private static var window: UInt64 { 8 << 20 }
  private static var slots: UInt64 { 8 }

  /// Where a run really is, and how much of it is there: a driver's buffer may be said to be larger
  /// than its window, as long as nobody touches that. Nil where nothing is.
  private func place(_ start: UInt64, _ size: UInt64) -> (UnsafeMutableRawPointer, UInt64)? {
    if Self.ram.contains(start), size <= Self.ram.upperBound - start { return at(start, size) }
    guard start >= driverStart, (start - driverStart) / driverPart < Self.slots else { return nil }
    let slot = (start - driverStart) / driverPart
    let offset = (start - driverStart) % driverPart
    guard offset < Self.window else { return nil }
    return at(Self.windows + slot * Self.window + offset, min(size, Self.window - offset))
  }

  private func at(_ address: UInt64, _ size: UInt64) -> (UnsafeMutableRawPointer, UInt64) {
    (UnsafeMutableRawPointer(bitPattern: UInt(address)).unsafelyUnwrapped, size)
  }

  /// Where all of a run really is; one that leaves the guest's memory is told, and nothing happens.
  private func whole(_ start: UInt64, _ size: UInt64) -> UnsafeMutableRawPointer? {
    if let (bytes, count) = place(start, size), count == size { return bytes }
    tell(EventCode.strayed, start, size)
    return nil
  }

  /// The guest itself writes a byte all over a run.
  func fill(_ start: UInt64, _ size: UInt64, _ byte: UInt8) {
    if let (bytes, count) = place(start, size) { memset(bytes, Int32(byte), UInt(count)) }
  }

  /// How much of a run is there and is this byte, and the first byte that is another.
  func compare(
    _ start: UInt64, _ size: UInt64, with byte: UInt8
  ) -> (same: UInt64, other: UInt8?) {
    guard let (bytes, count) = place(start, size) else { return (0, nil) }
    let word = UInt64(byte) &* 0x0101_0101_0101_0101
    var offset: UInt64 = 0
    while offset < count {
      let here = bytes + Int(offset)
      if UInt(bitPattern: here) % 8 == 0, count - offset >= 8, here.load(as: UInt64.self) == word {
        offset += 8
      } else if here.load(as: UInt8.self) == byte {
        offset += 1
      } else {
        return (offset, here.load(as: UInt8.self))
      }
    }
    return (count, nil)
  }

  // MARK: The port

  func zero(_ range: AddressRange) {
    guard let bytes = whole(range.start.rawValue, range.size) else { return }
    if defect != .skipsZeroing { memset(bytes, 0, UInt(range.size)) }
    tell(EventCode.zeroed, range.start.rawValue, range.size)
  }

  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {
    guard let from = whole(source.rawValue, size), let to = whole(destination.rawValue, size) else {
      return
    }
    memcpy(to, from, UInt(defect == .copiesShort && size > 0 ? size - 1 : size))
    tell(EventCode.copied, source.rawValue, destination.rawValue, size)
  }

  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue &+ virtualOffset)
  }

  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue &- virtualOffset)
  }
}

/// Tells the judge of an event.
func tell(_ words: UInt64...) {
  for word in words { channel.put(word) }
}
