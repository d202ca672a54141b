import MemorySharing
import ProgramText
import SharingModel
import SimulatedHypervisors

// From the harness's values to words and back.

extension GuestCall {
  /// The call's code and its four numbers.
  var words: [UInt64] {
    switch self {
    case .initialise(let kind, let range):
      let code =
        switch kind {
        case .dynamic: InitialisationCode.dynamic
        case .fixed: InitialisationCode.fixed
        case .heap: InitialisationCode.heap
        default: InitialisationCode.standard
        }
      return [
        CallCode.initialise, code, range == nil ? 0 : 1, range?.start ?? 0, range?.size ?? 0,
      ]
    case .allocateShared(let size, let alignment):
      return [CallCode.allocateShared, size, alignment, 0, 0]
    case .deallocateShared(let address, let size, let alignment):
      return [CallCode.deallocateShared, address.rawValue, size, alignment, 0]
    case .dmaAlloc(let pages, let direction):
      return [CallCode.dmaAlloc, pages, direction.word, 0, 0]
    case .dmaDealloc(let address, let pages):
      return [CallCode.dmaDealloc, address.rawValue, pages, 0, 0]
    case .share(let buffer, let direction):
      return [CallCode.share, buffer.address.rawValue, buffer.size, direction.word, 0]
    case .unshare(let address, let buffer, let direction):
      return [
        CallCode.unshare, address.rawValue, buffer.address.rawValue, buffer.size, direction.word,
      ]
    case .heapAllocate(let size, let alignment, let zeroed):
      return [CallCode.heapAllocate, size, alignment, zeroed ? 1 : 0, 0]
    case .heapDeallocate(let address, let size, let alignment):
      return [CallCode.heapDeallocate, address.rawValue, size, alignment, 0]
    case .mapMMIO(let range): return [CallCode.mapMMIO, range.start.rawValue, range.size, 0, 0]
    case .unmapAllMMIO: return [CallCode.unmapAllMMIO, 0, 0, 0, 0]
    case .unshareAll: return [CallCode.unshareAll, 0, 0, 0, 0]
    case .drop: return [CallCode.drop, 0, 0, 0, 0]
    case .detect, .heapAdd: preconditionFailure("the target is not asked for this")
    }
  }
}

extension FaultMode {
  /// A `FaultKind` and its value.
  var words: [UInt64] {
    switch self {
    case .fails(let answer): [FaultKind.fails, UInt64(bitPattern: answer)]
    case .failsButTakesEffect: [FaultKind.failsButTakesEffect, 0]
    case .answersGarbage(let value): [FaultKind.answersGarbage, value]
    }
  }
}

extension MonitorBehaviour {
  /// The same manners as the monitor on the target has them.
  var manners: UInt64 {
    var word =
      switch uuid {
      case UUIDWords.kvm: Manners.kvm
      case UUIDWords.gunyah: Manners.gunyah
      case UUIDWords.genieZone: Manners.genieZone
      default: Manners.noUUID
      }
    if sharing != .present { word |= Manners.sharesNothing }
    if mmioGuard != .present { word |= Manners.guardsNothing }
    if refusesUnaligned { word |= Manners.refusesUnaligned }
    if sharesSeveral { word |= Manners.sharesSeveral }
    if answersLikeAndroid13 { word |= Manners.answersLikeAndroid13 }
    if waitsForMemory { word |= Manners.waitsForMemory }
    return word | batchLimit << Manners.batchShift
  }
}

extension ByteOrigin {
  /// What a byte of this origin is on the target.
  var byte: UInt8 {
    switch self {
    case .zero: 0
    case .secret: 0x5E
    case .payload(let id): 0x80 + UInt8(id % 96)
    case .host(let id): 0xE0 + UInt8(id % 32)
    }
  }
}

/// Reads the words of an answer, one after the other.
struct AnswerReader {
  private let words: [UInt64]
  private var at = 0

  init(_ words: [UInt64]) { self.words = words }

  mutating func next() throws(TargetFailure) -> UInt64 {
    guard at < words.count else { throw .garbled }
    at += 1
    return words[at - 1]
  }

  var isAtEnd: Bool { at == words.count }

  mutating func range() throws(TargetFailure) -> AddressRange {
    let start = try next()
    return AddressRange(uncheckedStart: start, size: try next())
  }

  mutating func registers() throws(TargetFailure) -> HypercallRegisters {
    HypercallRegisters(try next(), try next(), try next(), try next())
  }

  mutating func outcome() throws(TargetFailure) -> Outcome {
    let code = try next()
    let (a, b, c, d) = (try next(), try next(), try next(), try next())
    switch code {
    case OutcomeCode.skipped: return .skipped
    case OutcomeCode.done: return .done
    case OutcomeCode.address:
      return .address(PhysicalAddress(a), b == 1 ? VirtualAddress(c) : nil)
    case OutcomeCode.unshared:
      var report = UnshareReport()
      report.granulesUnshared = a
      report.granulesQuarantined = b
      report.regionsReturned = c
      report.regionsKept = d
      return .unshared(report)
    case OutcomeCode.unmapped: return .unmapped(MMIOReport(unmapped: a, stillMapped: b))
    case OutcomeCode.failed:
      guard let error = ShareError(words: (a, b, c, d, try next())) else { throw .garbled }
      return .failed(error)
    default: throw .garbled
    }
  }

  mutating func blocks() throws(TargetFailure) -> [Observation.Block] {
    let count = try next()
    var result: [Observation.Block] = []
    for _ in 0..<count {
      let order = try next()
      result.append(Observation.Block(order: order, address: try next()))
    }
    return result
  }
}
