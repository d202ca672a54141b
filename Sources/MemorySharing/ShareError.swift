/// Everything that can go wrong in the core, with its evidence.
///
/// Where AOSP panics or leaves behaviour undefined, the core throws one of these and changes
/// nothing (spec §3.7, §3.8, §4).
public enum ShareError: Error, Equatable, Sendable {
  // A request that is wrong in itself.

  /// A layout, a buffer or a page count of 0.
  case sizeIsZero
  /// The alignment that was asked for.
  case alignmentIsNotAPowerOfTwo(UInt64)
  /// The size, in bytes or pages, whose rounding or sum needs more than 64 bits.
  case sizeOverflows(UInt64)
  /// The layout needs a block above the allocator's top order.
  case largerThanTheTopOrder(Layout)

  // A request that cannot be served now.

  /// No aligned free run for the layout, and nobody to take more from.
  case exhausted(Layout)
  /// The metadata storage that was handed in is too small, in bytes.
  case outOfMetadata(needed: UInt64, available: UInt64)

  // A free of what is not allocated so.

  /// No allocated block starts here.
  case notAllocated(PhysicalAddress)
  /// A block that starts here is allocated, with another block size.
  case allocatedWithAnotherLayout(PhysicalAddress)

  // A range that cannot be taken.

  /// Nothing is left of it after alignment.
  case rangeIsEmpty(start: PhysicalAddress)
  /// Its end does not fit in 64 bits.
  case rangeOverflows(start: PhysicalAddress, size: UInt64)
  /// It overlaps what is already owned or tracked.
  case rangeOverlaps(AddressRange)
  /// It does not lie inside what this allocator, or this memory, covers.
  case rangeIsOutside(AddressRange)
  /// Its address or its size is no multiple of the page size.
  case rangeIsMisaligned(AddressRange)
  /// It holds address 0.
  case rangeHoldsAddressZero(AddressRange)
  /// The memory map tracks as many regions as it can.
  case tooManyRegions

  // The state of the pool.

  /// No init has succeeded yet.
  case uninitialised
  /// An init has already succeeded.
  case alreadyInitialised
  /// `unshareAll` has run.
  case closed

  // The hypervisor.

  /// The function id, the address it was called with (0 where it takes none) and its answer.
  case hypercallFailed(function: UInt32, address: UInt64, answer: Int64)
  /// The answer of MEMINFO, or the granule that was given.
  case granuleIsNotAPowerOfTwo(UInt64)
  /// No hypervisor that this core knows answers to this UUID.
  case unknownHypervisor(UUIDWords)
  /// The hypervisor shares nothing on demand, and no range was shared before boot.
  case noStaticRange

  // The MMIO guard.

  /// The hypervisor has none.
  case mmioGuardUnsupported
  /// The granule that INFO answered is no multiple of 4096.
  case mmioGranuleIsMisaligned(UInt64)
  /// The MMIO granule at this address is mapped already.
  case alreadyMapped(PhysicalAddress)

  // The turnstile.

  /// The call was made in the middle of another one.
  case busy
}

extension ShareError {
  /// The error as five words, its number and its evidence, for a log or a wire without text.
  ///
  /// A number belongs to its error for good.
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
    case .busy: (26, 0, 0, 0, 0)
    }
  }
}

/// The four words w0 to w3 in which the vendor UID call answers a UUID.
public struct UUIDWords: Equatable, Hashable, Sendable {
  public let w0: UInt32
  public let w1: UInt32
  public let w2: UInt32
  public let w3: UInt32

  public init(_ w0: UInt32, _ w1: UInt32, _ w2: UInt32, _ w3: UInt32) {
    self.w0 = w0
    self.w1 = w1
    self.w2 = w2
    self.w3 = w3
  }
}
