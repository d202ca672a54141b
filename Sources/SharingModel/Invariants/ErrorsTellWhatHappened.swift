import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let errorsTellWhatHappened = Invariant(
    "errors-tell-what-happened",
    "An error carries what was asked and what was answered: the request's own numbers, or those of "
      + "the first hypercall that failed.",
    needs: [.namedErrors, .evidence]
  ) { model in
    if case .refused = model.outcome { return "the call \(model.outcome)" }
    guard case .call(let call) = model.action, case .failed(let error) = model.outcome else {
      return nil
    }
    if let expected = model.cause(in: call, of: error) {
      return "threw \(error), and \(expected)"
    }
    return nil
  }
}

// MARK: - What an error must say

extension Model {
  /// What happened, where the error tells something else.
  fileprivate func cause(in call: GuestCall, of error: ShareError) -> String? {
    let asked = AskedWords(call, self)
    if record.faults.isEmpty, !mayRefuseGoodRequest(error) {
      return "nothing is wrong with the request"
    }
    switch error {
    case .sizeIsZero, .uninitialised, .alreadyInitialised, .closed, .noStaticRange,
      .mmioGuardUnsupported, .tooManyRegions, .busy:
      // They carry nothing; which of them it must be, `bad-requests-are-refused` knows.
      return nil
    case .alignmentIsNotAPowerOfTwo(let value):
      return differs(value == asked.layout?.alignment, "asked was \(asked)")
    case .sizeOverflows(let size):
      guard size == asked.layout?.size || size == asked.pages else { return "asked was \(asked)" }
      return differs(record.faults.contains(.overflow), "its block fits in 64 bits")
    case .largerThanTheTopOrder(let layout):
      guard layout == asked.layout else { return "asked was \(asked)" }
      return differs(!record.faults.contains(.overflow), "its block does not fit in 64 bits")
    case .exhausted(let layout):
      // A system with another book of regions may have room.
      if let lack = record.recordLack, shown.contains(.callOrder) {
        return "a record of \(lack.needed) bytes has no room"
      }
      if let failure = record.firstFailure { return failure.answerWords }
      let isAsked = layout == asked.layout || layout == record.layoutRefused
      return differs(isAsked, "asked was \(asked)")
    case .notAllocated(let address):
      guard address == asked.address else { return "asked was \(asked)" }
      return differs(!isUsed(address, in: call), "another block is allocated there")
    case .allocatedWithAnotherLayout(let address):
      guard address == asked.address else { return "asked was \(asked)" }
      return differs(isUsed(address, in: call), "nothing is allocated there")
    case .rangeIsEmpty(let start): return differs(start == asked.start, "asked was \(asked)")
    case .rangeOverflows(let start, let size):
      return differs(start == asked.start && size == asked.size, "asked was \(asked)")
    case .rangeOverlaps(let range), .rangeIsOutside(let range), .rangeIsMisaligned(let range),
      .rangeHoldsAddressZero(let range):
      return differs(
        range.start == asked.start && range.size == asked.size, "asked was \(asked)")
    case .alreadyMapped(let address):
      if mayPassForStuck(mmioGranule(address)), isAsked(address, in: call) { return nil }
      guard let lowest = lowestMapped(in: call) else { return "nothing is mapped there" }
      return differs(address == lowest, "\(lowest) is the lowest that is mapped")
    case .hypercallFailed(let function, let address, let answer):
      guard let failure = record.firstFailure else { return "no hypercall had failed" }
      let isTold =
        function == failure.function && address == failure.x1 && answer == decoded(failure)
      return differs(isTold && brokenGranule(failure) == nil, failure.answerWords)
    case .granuleIsNotAPowerOfTwo(let bytes):
      return cause(ofBroken: bytes, .memInfo)
    case .mmioGranuleIsMisaligned(let bytes):
      return cause(ofBroken: bytes, .mmioGuardInfo)
    case .outOfMetadata(let needed, let available):
      guard let lack = metadataLack(of: call) else { return "no storage was too small" }
      guard shown.contains(.callOrder) else { return differs(needed > available, "there is room") }
      return differs(
        needed == lack.needed && available == lack.available,
        "\(lack.needed) bytes are needed, and \(lack.available) are there")
    case .unknownHypervisor(let words):
      guard let uuid = backend.uuid(in: configuration.disguise) else {
        // An absent call reads as -1 in w0.
        return differs(words.w0 == .max, "the hypervisor has no UID call")
      }
      return differs(words == uuid, "the hypervisor answered another UUID")
    }
  }

  /// Whether the error tells of what was there or answered, and not of what was asked.
  private func mayRefuseGoodRequest(_ error: ShareError) -> Bool {
    switch error {
    case .exhausted, .outOfMetadata, .hypercallFailed, .granuleIsNotAPowerOfTwo,
      .mmioGranuleIsMisaligned:
      true
    case .tooManyRegions: mayBeFullOfRecords
    case .alreadyMapped(let address): mayPassForStuck(mmioGranule(address))
    default: false
    }
  }

  /// The storage that the call needs and has not, in bytes.
  private func metadataLack(of call: GuestCall) -> (needed: UInt64, available: UInt64)? {
    guard case .initialise = call else { return record.recordLack }
    return storage.isScant ? (storage.poolMetadataNeeded, storage.poolMetadata) : nil
  }

  private func differs(_ isSo: Bool, _ text: @autoclosure () -> String) -> String? {
    isSo ? nil : text()
  }

  /// Whether a used block starts at an address, of the allocator that the call frees in.
  private func isUsed(_ address: PhysicalAddress, in call: GuestCall) -> Bool {
    var isHeap = false
    if case .heapDeallocate = call { isHeap = true }
    if live.contains(where: { $0.isHeap == isHeap && $0.address == address }) { return true }
    return isHeap && regions.contains { $0.start == address }
  }

  /// Whether an address lies in what a call wants mapped.
  private func isAsked(_ address: PhysicalAddress, in call: GuestCall) -> Bool {
    guard case .mapMMIO(let range) = call else { return false }
    return mmioGranules(of: range)?.contains(address) == true
  }

  /// The lowest MMIO granule of the call's that is mapped, or stuck.
  private func lowestMapped(in call: GuestCall) -> PhysicalAddress? {
    guard case .mapMMIO(let range) = call else { return nil }
    guard let wanted = mmioGranules(of: range) else { return nil }
    var address = wanted.start.rawValue
    while address < wanted.end.rawValue {
      let granule = mmioGranule(PhysicalAddress(address))
      if isMapped(granule) { return granule.start }
      address = granule.end.rawValue
    }
    return nil
  }

  private func cause(ofBroken granule: UInt64, _ function: HypercallFunction) -> String? {
    guard let failure = record.firstFailure else { return "no hypercall had failed" }
    let isTold = failure.function == function.rawValue && brokenGranule(failure) == granule
    return differs(isTold, failure.answerWords)
  }

  /// What a call that asks for a granule answered where that is neither one nor an error; nil for
  /// any other call (spec §5).
  private func brokenGranule(_ call: HypercallEvent) -> UInt64? {
    let answer = Int64(bitPattern: call.answer)
    switch call.known {
    case .memInfo where answer >= 0: return call.answer
    // To a KVM that asks which one it is, 0 is an error.
    case .mmioGuardInfo where answer > 0 || answer == 0 && backend.behaviour.uuid != .kvm:
      return call.answer
    default: return nil
    }
  }

  /// The answer of a hypercall as the guest must read it (spec §5).
  private func decoded(_ call: HypercallEvent) -> Int64 {
    let answer = Int64(bitPattern: call.answer)
    switch call.known {
    case .mmioGuardMap where hasAndroid13Answers, .mmioGuardUnmap where hasAndroid13Answers:
      return Int64(Int32(truncatingIfNeeded: answer))
    default: return answer
    }
  }
}

extension HypercallEvent {
  fileprivate var answerWords: String {
    "\(hypercallWords(function, x1)) had answered \(Int64(bitPattern: answer))"
  }
}

/// The numbers of a call that its errors may carry.
private struct AskedWords: CustomStringConvertible {
  /// What is asked of an allocator, or given back to it.
  private(set) var layout: Layout?
  private(set) var pages: UInt64?
  /// What is given back.
  private(set) var address: PhysicalAddress?
  /// Where a range or a buffer begins, and its bytes.
  private(set) var start: PhysicalAddress?
  private(set) var size: UInt64?

  init(_ call: GuestCall, _ model: Model) {
    switch call {
    case .allocateShared(let size, let alignment), .heapAllocate(let size, let alignment, _):
      layout = Layout(uncheckedSize: size, alignment: alignment)
    case .deallocateShared(let address, let size, let alignment),
      .heapDeallocate(let address, let size, let alignment):
      self.address = address
      layout = Layout(uncheckedSize: size, alignment: alignment)
    case .dmaAlloc(let pages, _):
      self.pages = pages
      layout = Layout(uncheckedSize: pages &* 4096, alignment: 4096)
    case .dmaDealloc(let address, let pages):
      self.address = address
      self.pages = pages
      layout = Layout(uncheckedSize: pages &* 4096, alignment: 4096)
    case .share(let buffer, _):
      layout = Layout(uncheckedSize: buffer.size, alignment: 16)
      (start, size) = (model.physical(buffer), buffer.size)
    case .unshare(let address, let buffer, _):
      self.address = address
      layout = Layout(uncheckedSize: buffer.size, alignment: 16)
      (start, size) = (model.physical(buffer), buffer.size)
    case .initialise(_, let range):
      start = range.map { PhysicalAddress($0.start) }
      size = range?.size
    case .mapMMIO(let range): (start, size) = (range.start, range.size)
    case .heapAdd(let start, let size): (self.start, self.size) = (PhysicalAddress(start), size)
    case .detect, .unmapAllMMIO, .unshareAll, .drop: break
    }
  }

  var description: String {
    var words: [String] = []
    if let address { words.append("\(address)") }
    if let pages { words.append("\(pages) pages") } else if let layout { words.append("\(layout)") }
    if layout == nil, let start, let size { words.append("\(start)+\(hex(size))") }
    return words.isEmpty ? "nothing" : words.joined(separator: ", ")
  }
}
