import MemorySharing

/// What a host may do wrong, and a driver must not fall for.
enum DriverError: Error {
  case sharing(ShareError)
  /// The device refuses its queue or the features.
  case unusable
  /// used.idx says more answers than there were requests.
  case usedIndexJumps
  /// used.id names no request that waits.
  case usedIdentifierIsUnknown
  /// used.len says more bytes than the device may write.
  case usedLengthIsTooLarge
  case needsReset
  case timedOut
}

/// A split virtqueue for one request at a time, polled.
///
/// The host writes to it at any moment. So each word of the used ring is read once, and then
/// checked; the descriptor table and the available ring are written and never read: what is in
/// flight is known from private memory.
///
/// Source: Virtio 1.2, 2.7.
struct SplitQueue {
  static var size: UInt16 { 8 }
  /// Descriptors of one request.
  static var chainLength: UInt16 { 3 }

  let memory: DMABuffer
  /// Requests handed out, and answers taken, modulo 1 << 16.
  private var submitted: UInt16 = 0
  private var answered: UInt16 = 0
  /// The first descriptor of what is in flight, and how many bytes the device may write for it.
  private var head: UInt16 = 0
  private var writable: UInt32 = 0
  private let defect: Defect

  var descriptors: UInt64 { memory.physical.rawValue }
  var available: UInt64 { memory.physical.rawValue + 0x200 }
  var used: UInt64 { memory.physical.rawValue + 0x400 }
  static var bytes: UInt64 { 0x400 + 4 + 8 * UInt64(size) }
  private var start: UInt64 { memory.virtual.rawValue }

  init(_ memory: DMABuffer, defect: Defect) {
    self.memory = memory
    self.defect = defect
  }

  struct Descriptor {
    var address: UInt64
    /// Bytes.
    var length: UInt32
    var isWritable: Bool
  }

  /// Puts a request where the device will find it.
  mutating func add(_ first: Descriptor, _ second: Descriptor, _ third: Descriptor) {
    // Heads alternate, so that an answer to the last request is none to this one.
    head = submitted % 2 * Self.chainLength
    writable = 0
    put(first, at: head, next: head + 1)
    put(second, at: head + 1, next: head + 2)
    put(third, at: head + 2, next: nil)
    let slot = UInt64(submitted % Self.size)
    w16(start + 0x204 + slot * 2, head)
    data_barrier()
    submitted &+= 1
    w16(start + 0x202, submitted)
    data_barrier()
  }

  private mutating func put(_ descriptor: Descriptor, at index: UInt16, next: UInt16?) {
    let at = start + UInt64(index) * 16
    w64(at, descriptor.address)
    w32(at + 8, descriptor.length)
    w16(at + 12, (next == nil ? 0 : 1) | (descriptor.isWritable ? 2 : 0))
    w16(at + 14, next ?? 0)
    if descriptor.isWritable { writable += descriptor.length }
  }

  /// The slot of the used ring that the next answer comes in.
  private var slot: UInt64 { start + 0x404 + UInt64(answered % Self.size) * 8 }

  /// Takes the answer, if there is one: how many bytes the device says it wrote.
  ///
  /// - Throws: `usedIndexJumps`, `usedIdentifierIsUnknown`, `usedLengthIsTooLarge`; the device must
  ///   be reset then.
  mutating func takeAnswer() throws(DriverError) -> UInt32? {
    let fresh = r16(start + 0x402) &- answered
    if fresh == 0 { return nil }
    guard fresh <= submitted &- answered || defect == .trustsUsedIndex else {
      throw .usedIndexJumps
    }
    data_barrier()
    let identifier = r32(slot)
    guard identifier == UInt32(head) || defect == .trustsUsedIdentifier else {
      throw .usedIdentifierIsUnknown
    }
    var length = r32(slot + 4)
    guard length <= writable || defect == .trustsUsedLength else { throw .usedLengthIsTooLarge }
    if defect == .fetchesTwice { length = r32(slot + 4) }
    answered &+= 1
    return length
  }

  /// Where the table says that the data is; only a defect asks.
  var addressReadBack: UInt64 { r64(start + UInt64(head + 1) * 16) }

  /// Where an attack on the next answer aims: used.idx, used.id and used.len.
  var target: (index: UInt64, identifier: UInt64, length: UInt64) {
    (start + 0x402, slot, slot + 4)
  }
}
