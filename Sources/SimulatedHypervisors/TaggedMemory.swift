import MemorySharing

/// Guest memory that knows where each byte comes from, instead of what it is.
///
/// It covers every 64-bit address and keeps runs of one origin, sorted, neighbours differing. So
/// checks for zeros and for secrets are interval checks, and a gigabyte costs as much as a byte.
public final class TaggedMemory {
  /// Where the events go.
  public let events: PortEventStream

  /// The virtual address of a byte less its physical one, modulo 2^64; a multiple of 65536.
  public var virtualOffset: UInt64 {
    didSet { precondition(virtualOffset % 65536 == 0) }
  }

  /// What a word of the host's reads as: a function of the write's id and the word's address, so
  /// that an adversary can forge addresses.
  public var hostWord: (_ id: UInt32, _ address: PhysicalAddress) -> UInt64

  /// Bytes that the guest has zeroed, copied and written since the last reset; wrapping.
  public internal(set) var bytesZeroed: UInt64 = 0
  public internal(set) var bytesCopied: UInt64 = 0
  public internal(set) var bytesFilled: UInt64 = 0

  /// Told of bytes that have got other origins, by whomever: who holds real bytes of this memory
  /// must know.
  public var didChange: ((AddressRange) -> Void)?

  private var runs = OriginRuns()
  /// The values of the words that the guest has written, by their number.
  var words: [UInt64] = []

  public init(events: PortEventStream = PortEventStream(), virtualOffset: UInt64 = 0) {
    precondition(virtualOffset % 65536 == 0)
    self.events = events
    self.virtualOffset = virtualOffset
    self.hostWord = Self.plainHostWord
  }

  /// What the host's words read as unless somebody decides otherwise: something odd, and different
  /// for each write and address.
  public static func plainHostWord(_ id: UInt32, _ address: PhysicalAddress) -> UInt64 {
    (address.rawValue ^ UInt64(id) << 32) &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  /// Makes everything secret again and the counters 0; keeps storage, observer and `hostWord`.
  public func reset(virtualOffset: UInt64 = 0) {
    runs.reset()
    words.clear()
    self.virtualOffset = virtualOffset
    bytesZeroed = 0
    bytesCopied = 0
    bytesFilled = 0
  }

  /// Writes a range on behalf of the guest or the host; the origin says of whom.
  public func fill(_ range: AddressRange, _ origin: ByteOrigin) {
    assign(range, origin)
    events.send(.memoryFilled(range, origin))
  }

  /// Writes a range on behalf of the system under test, otherwise than by a zeroing or a copy.
  public func store(_ origin: ByteOrigin, in range: AddressRange) {
    assign(range, origin)
    events.send(.memoryStored(range, origin))
  }

  /// Gives bytes another origin that reads the same; nobody has written, so there is no event.
  public func reinterpret(_ range: AddressRange, as origin: ByteOrigin) {
    runs.assign(range, origin)
  }

  private func assign(_ range: AddressRange, _ origin: ByteOrigin) {
    bytesFilled &+= range.size
    runs.assign(range, origin)
    didChange?(range)
  }

  /// Hands over each run of one origin in the range, clipped to it, in ascending order, as they are
  /// when this is called.
  public func forEachRun(in range: AddressRange, _ body: (AddressRange, ByteOrigin) -> Void) {
    let runs = runs
    runs.forEach(in: range, body)
  }

  /// The first run in the range, clipped to it, whose origin satisfies the condition.
  public func firstRun(
    in range: AddressRange, where condition: (ByteOrigin) -> Bool
  ) -> (AddressRange, ByteOrigin)? {
    // Mostly it is all of one origin, and then the runs need not be kept while the condition asks.
    if let origin = runs.onlyOrigin(in: range) { return condition(origin) ? (range, origin) : nil }
    let runs = runs
    return runs.first(in: range, where: condition)
  }

  public func origin(at address: PhysicalAddress) -> ByteOrigin {
    runs.origin(at: address.rawValue)
  }
}

extension TaggedMemory: GuestMemory {
  public func zero(_ range: AddressRange) {
    bytesZeroed &+= range.size
    runs.assign(range, .zero)
    didChange?(range)
    events.send(.memoryZeroed(range))
  }

  /// Copies origins. A size of 0 copies nothing; runs that leave 64 bits trap.
  public func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {
    guard size != 0 else { return }
    let from = AddressRange(trapping: source, size)
    let to = AddressRange(trapping: destination, size)
    bytesCopied &+= size
    runs.copy(from: from, to: destination)
    didChange?(to)
    events.send(.memoryCopied(from: from, to: to))
  }

  public func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue &+ virtualOffset)
  }

  public func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue &- virtualOffset)
  }
}

extension AddressRange {
  /// A range whose rules are the simulation's own to keep: breaking one is a programmer's error.
  init(trapping start: PhysicalAddress, _ size: UInt64) {
    precondition(size != 0 && !start.rawValue.addingReportingOverflow(size).overflow)
    self.init(uncheckedStart: start.rawValue, size: size)
  }
}
