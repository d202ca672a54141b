import MemorySharing
import SharingModel
import SimulatedHypervisors
import SubjectInterface

// From bytes that have changed to what was done to them.

/// Bytes that were written together, as it seems: from the first to the last that changed, with no
/// word between them that did not.
struct MappedWrite {
  var start: UInt64
  var end: UInt64
  /// What all of it is; nil for words that say nothing of where they come from.
  let origin: ByteOrigin?
  /// What a word of that origin reads as.
  let word: UInt64
  /// Whether all of the word in which it ends is so.
  var endsWhole: Bool

  /// The aligned word in which it ends.
  var lastWord: UInt64 { (end - 1) & ~7 }

  var range: AddressRange { AddressRange(uncheckedStart: start, size: end - start) }
}

extension MappedMemory {
  /// The bytes from which a call may have copied what it wrote at an address: the driver's buffer,
  /// or the bounce buffer for what is in the driver's.
  private func source(in call: GuestCall?, for address: UInt64) -> AddressRange? {
    switch call {
    case .share(let buffer, _)?:
      return try? AddressRange(start: physical(buffer), size: buffer.size)
    case .unshare(let bounce, let buffer, _)?:
      guard address &- physical(buffer).rawValue < buffer.size else { return nil }
      return try? AddressRange(start: bounce, size: buffer.size)
    default: return nil
    }
  }

  /// Notes a word that has changed; words come in ascending order.
  @inline(__always)
  func note(_ now: UInt64, over print: UInt64, at address: UInt64, in call: GuestCall?) {
    var change = now ^ print
    // No range ends at 2^64.
    if address == 0 &- 8 { change &= .max >> 8 }
    if change == 0 { return }
    let end = address + 8 - UInt64(change.leadingZeroBitCount / 8)
    if let last = writes.indices.last, writes[last].lastWord == address - 8,
      writes[last].continues(now, through: end - address)
    {
      writes[last].end = end
      writes[last].endsWhole = writes[last].origin == nil || now == writes[last].word
      return
    }
    let start = UInt64(change.trailingZeroBitCount / 8)
    let mask = UInt64.max << (start * 8) & (UInt64.max >> ((address + 8 - end) * 8))
    let origin = origin(of: now, mask, in: call, at: address + start)
    let word = origin.map { machine.memory.word(of: $0, at: PhysicalAddress(address)) } ?? 0
    let isWhole = origin == nil || now == word
    writes.append(
      MappedWrite(
        start: address + start, end: end, origin: origin, word: word, endsWhole: isWhole))
  }

  /// The origin of a word, of which the bytes of the mask have changed; nil for one that is known
  /// by nothing. Few bytes are as some others by chance, but for zeros, and in the driver's buffer.
  private func origin(of now: UInt64, _ mask: UInt64, in call: GuestCall?, at address: UInt64)
    -> ByteOrigin?
  {
    if now == 0 { return .zero }
    let memory = machine.memory
    let isKnown = mask.nonzeroBitCount >= 32
    if isKnown, let origin = memory.written(as: now) { return origin }
    if now & mask == 0 { return .zero }
    if isKnown, (now ^ TaggedMemory.secretWord) & mask == 0 { return .secret }
    guard let source = source(in: call, for: address), isKnown || call?.isUnshare == true else {
      return nil
    }
    let found = memory.firstRun(in: source) {
      (now ^ memory.word(of: $0, at: source.start)) & mask == 0
    }
    return found?.1
  }

  /// Tells all writes: first what was copied, of what lay there before, and then the others.
  func tell(in call: GuestCall?) {
    let memory = machine.memory
    var others: [MappedWrite] = []
    for write in writes {
      guard let origin = write.origin, origin != .zero,
        let source = source(of: origin, for: write, in: call)
      else {
        others.append(write)
        continue
      }
      memory.copy(from: source, to: write.range.start, size: write.range.size)
    }
    for write in others {
      switch write.origin {
      case nil: storeWords(write.range)
      case .zero?:
        memory.store(.zero, in: write.range)
        takeWholeZeros(around: write.range)
      case let origin?: memory.store(origin, in: write.range)
      }
    }
  }

  /// Where bytes of an origin lie that may have been copied: in what the call is about, or what the
  /// driver sends anywhere. Of the guest's own bytes there are too many to say, and a word of the
  /// host's may have been believed and not copied.
  private func source(
    of origin: ByteOrigin, for write: MappedWrite, in call: GuestCall?
  ) -> PhysicalAddress? {
    var places = source(in: call, for: write.start).map { [$0] } ?? []
    if case .payload = origin { places.append(AddressRange(uncheckedStart: 0, size: .max)) }
    for place in places {
      guard let (run, _) = machine.memory.firstRun(in: place, where: { $0 == origin }) else {
        continue
      }
      // A byte of an origin depends on where it lies in its word.
      let skipped = (write.start &- run.start.rawValue) & 7
      if run.size >= skipped, run.size - skipped >= write.range.size {
        return PhysicalAddress(run.start.rawValue + skipped)
      }
    }
    return nil
  }

  /// Stores words that say nothing of where they come from, with their values.
  private func storeWords(_ range: AddressRange) {
    var address = range.start.rawValue
    while address < range.end.rawValue {
      let end = min((address & ~7) + 8, range.end.rawValue)
      let word = UnsafePointer<UInt64>(bitPattern: UInt(virtual(PhysicalAddress(address & ~7))))!
      machine.memory.store(
        machine.memory.newWord(word.pointee),
        in: AddressRange(uncheckedStart: address, size: end - address))
      address = end
    }
  }
}

extension MappedWrite {
  /// Whether the word after it is written as it was, in its first so many bytes.
  fileprivate func continues(_ now: UInt64, through bytes: UInt64) -> Bool {
    guard origin != nil else { return !TaggedMemory.isKnown(now) }
    return endsWhole && (now ^ word) & (.max >> ((8 - bytes) * 8)) == 0
  }
}

extension GuestCall {
  fileprivate var isUnshare: Bool { if case .unshare = self { true } else { false } }
}
