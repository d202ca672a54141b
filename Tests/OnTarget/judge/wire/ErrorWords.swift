import MemorySharing

/// An error as five words: its number and its evidence.
extension ShareError {
  public var words: (UInt64, UInt64, UInt64, UInt64, UInt64) {
    switch self {
    case .sizeIsZero: (1, 0, 0, 0, 0)
    case .alignmentIsNotAPowerOfTwo(let value): (2, value, 0, 0, 0)
    case .sizeOverflows(let size): (3, size, 0, 0, 0)
    case .largerThanTheTopOrder(let layout): (4, layout.size, layout.alignment, 0, 0)
    case .exhausted(let layout): (5, layout.size, layout.alignment, 0, 0)
    case .outOfMetadata(let needed, let available): (6, needed, available, 0, 0)
    case .notAllocated(let address): (7, address.rawValue, 0, 0, 0)
    case .allocatedWithAnotherLayout(let address): (8, address.rawValue, 0, 0, 0)
    case .rangeIsEmpty(let start): (9, start.rawValue, 0, 0, 0)
    case .rangeOverflows(let start, let size): (10, start.rawValue, size, 0, 0)
    case .rangeOverlaps(let range): (11, range.start.rawValue, range.size, 0, 0)
    case .rangeIsOutside(let range): (12, range.start.rawValue, range.size, 0, 0)
    case .rangeIsMisaligned(let range): (13, range.start.rawValue, range.size, 0, 0)
    case .rangeHoldsAddressZero(let range): (14, range.start.rawValue, range.size, 0, 0)
    case .tooManyRegions: (15, 0, 0, 0, 0)
    case .uninitialised: (16, 0, 0, 0, 0)
    case .alreadyInitialised: (17, 0, 0, 0, 0)
    case .closed: (18, 0, 0, 0, 0)
    case .hypercallFailed(let function, let address, let answer):
      (19, UInt64(function), address, UInt64(bitPattern: answer), 0)
    case .granuleIsNotAPowerOfTwo(let bytes): (20, bytes, 0, 0, 0)
    case .unknownHypervisor(let words):
      (21, UInt64(words.w0), UInt64(words.w1), UInt64(words.w2), UInt64(words.w3))
    case .noStaticRange: (22, 0, 0, 0, 0)
    case .mmioGuardUnsupported: (23, 0, 0, 0, 0)
    case .mmioGranuleIsMisaligned(let bytes): (24, bytes, 0, 0, 0)
    case .alreadyMapped(let address): (25, address.rawValue, 0, 0, 0)
    }
  }

  /// The error of five words; nil where they are none's.
  public init?(words: (UInt64, UInt64, UInt64, UInt64, UInt64)) {
    let (number, a, b, c, d) = words
    let address = PhysicalAddress(a)
    let range = AddressRange(uncheckedStart: a, size: b)
    switch number {
    case 1: self = .sizeIsZero
    case 2: self = .alignmentIsNotAPowerOfTwo(a)
    case 3: self = .sizeOverflows(a)
    case 4: self = .largerThanTheTopOrder(Layout(uncheckedSize: a, alignment: b))
    case 5: self = .exhausted(Layout(uncheckedSize: a, alignment: b))
    case 6: self = .outOfMetadata(needed: a, available: b)
    case 7: self = .notAllocated(address)
    case 8: self = .allocatedWithAnotherLayout(address)
    case 9: self = .rangeIsEmpty(start: address)
    case 10: self = .rangeOverflows(start: address, size: b)
    case 11: self = .rangeOverlaps(range)
    case 12: self = .rangeIsOutside(range)
    case 13: self = .rangeIsMisaligned(range)
    case 14: self = .rangeHoldsAddressZero(range)
    case 15: self = .tooManyRegions
    case 16: self = .uninitialised
    case 17: self = .alreadyInitialised
    case 18: self = .closed
    case 19:
      self = .hypercallFailed(
        function: UInt32(truncatingIfNeeded: a), address: b, answer: Int64(bitPattern: c))
    case 20: self = .granuleIsNotAPowerOfTwo(a)
    case 21:
      self = .unknownHypervisor(
        UUIDWords(
          UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b),
          UInt32(truncatingIfNeeded: c), UInt32(truncatingIfNeeded: d)))
    case 22: self = .noStaticRange
    case 23: self = .mmioGuardUnsupported
    case 24: self = .mmioGranuleIsMisaligned(a)
    case 25: self = .alreadyMapped(address)
    default: return nil
    }
  }
}

extension BufferDirection {
  public var word: UInt64 {
    switch self {
    case .driverToDevice: 0
    case .deviceToDriver: 1
    case .both: 2
    }
  }

  public init(word: UInt64) {
    switch word {
    case 0: self = .driverToDevice
    case 1: self = .deviceToDriver
    default: self = .both
    }
  }
}
