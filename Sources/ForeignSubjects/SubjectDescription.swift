import SharingHarness
import SharingModel
import SimulatedHypervisors
import SubjectInterface

/// What a subject says of itself in its table.
public struct SubjectDescription: Equatable, Codable, Sendable {
  public let name: String
  /// A version or commit of its own.
  public let revision: String?
  /// The promises of the specification that it does not make.
  public let lacks: [Lack]
  /// What it promises beyond the specification.
  public let promises: [Promise]
  /// Whether it shows its free blocks.
  public let isOpen: Bool
  public let hasHeap: Bool
  /// Whether it touches memory with pointers, and not by calls.
  public let isMapped: Bool
  public let limits: MachineLimits
  /// The ids of the backends that it runs on.
  public let backends: [String]

  /// A promise of the specification that a subject does not make; `enum sharecheck_lack`.
  public enum Lack: String, CaseIterable, Codable, Sendable {
    case checkedFrees, freesByBlock, namedErrors, evidence, reports, closing, zeroing, pooling
    case haltsOnBadRequests, haltsWhenExhausted, haltsOnFailedHypercalls
  }

  /// `enum sharecheck_promise`.
  public enum Promise: String, CaseIterable, Codable, Sendable {
    case placesAsSpecified, callsInOrder, refusesNestedCalls
  }
}

extension SubjectDescription.Lack {
  /// Its bit in the table.
  var bit: sharecheck_lack {
    switch self {
    case .checkedFrees: SHARECHECK_LACKS_CHECKED_FREES
    case .freesByBlock: SHARECHECK_LACKS_FREES_BY_BLOCK
    case .namedErrors: SHARECHECK_LACKS_NAMED_ERRORS
    case .evidence: SHARECHECK_LACKS_EVIDENCE
    case .reports: SHARECHECK_LACKS_REPORTS
    case .closing: SHARECHECK_LACKS_CLOSING
    case .zeroing: SHARECHECK_LACKS_ZEROING
    case .pooling: SHARECHECK_LACKS_POOLING
    case .haltsOnBadRequests: SHARECHECK_HALTS_ON_BAD_REQUESTS
    case .haltsWhenExhausted: SHARECHECK_HALTS_WHEN_EXHAUSTED
    case .haltsOnFailedHypercalls: SHARECHECK_HALTS_ON_FAILED_HYPERCALLS
    }
  }

  /// What a system without it does not promise.
  var capabilities: Capabilities {
    switch self {
    case .checkedFrees: .checkedFrees
    case .freesByBlock: .freesByBlock
    case .namedErrors: [.namedErrors, .evidence]
    case .evidence: .evidence
    case .reports: .reports
    case .closing: .closing
    case .zeroing: .zeroing
    case .pooling: .pooling
    case .haltsOnBadRequests: .survivesBadRequests
    case .haltsWhenExhausted: .survivesExhaustion
    case .haltsOnFailedHypercalls: .survivesFailures
    }
  }

  /// What the subject declares, and what follows for the checks.
  public var sentence: String {
    switch self {
    case .checkedFrees: "it does not check frees: no program frees what is not allocated so"
    case .freesByBlock:
      "a free needs the layout of its allocation: no program frees a block with another layout"
    case .namedErrors: "its errors have no names: any error will do"
    case .evidence: "its errors carry no evidence"
    case .reports: "its reports count nothing"
    case .closing: "it does not close: no program uses the pool after a teardown"
    case .zeroing:
      "it zeroes and scrubs nothing: what the host reads, and what is handed out, is free"
    case .pooling: "it shares for one buffer at a time"
    case .haltsOnBadRequests: "a call outside its contract may halt the guest"
    case .haltsWhenExhausted: "a request that nobody can serve may halt the guest"
    case .haltsOnFailedHypercalls: "a hypercall that fails may halt the guest"
    }
  }
}

extension SubjectDescription.Promise {
  var bit: sharecheck_promise {
    switch self {
    case .placesAsSpecified: SHARECHECK_PLACES_AS_SPECIFIED
    case .callsInOrder: SHARECHECK_CALLS_IN_ORDER
    case .refusesNestedCalls: SHARECHECK_REFUSES_NESTED_CALLS
    }
  }

  var capabilities: Capabilities {
    switch self {
    case .placesAsSpecified: .placement
    case .callsInOrder: .callOrder
    case .refusesNestedCalls: .turnstile
    }
  }
}

extension SubjectDescription {
  /// What its systems show and promise.
  var shown: Capabilities {
    var shown: Capabilities = [.contract, .pooling, .reports, .supervision]
    for lack in lacks { shown.subtract(lack.capabilities) }
    for promise in promises { shown.insert(promise.capabilities) }
    if isOpen { shown.insert(.freeBlocks) }
    if !hasHeap { shown.insert(.foreignHeap) }
    return shown
  }

  /// Whether it may halt by its own contract.
  var mayHalt: Bool {
    lacks.contains { lack in
      switch lack {
      case .haltsOnBadRequests, .haltsWhenExhausted, .haltsOnFailedHypercalls: true
      default: false
      }
    }
  }

  /// What it promises less than the specification, and the calls that it does not have, a sentence
  /// each.
  public var sentences: [String] {
    lacks.map(\.sentence) + (isMapped ? Self.unseenInMappedMemory : [])
      + limits.calls.missingNames.map { "it has no \($0): no program asks for it" }
  }
}

extension SubjectDescription {
  /// What cannot be asked where nobody is called for an access.
  private static let unseenInMappedMemory = [
    "what it reads is not seen, nor what it writes where the same bytes were",
    "of what it writes over before its next call at a port, only the last is seen",
    "any call may write memory of the pool that is no buffer's",
    "granules have 64 to 65536 bytes, and arenas at most 2 MiB",
  ].map { "its memory is mapped: \($0)" }
}

extension GuestCalls {
  /// The calls of the interface that are missing.
  fileprivate var missingNames: [String] {
    let names: [(GuestCalls, String)] = [
      (.deallocateShared, "dealloc_shared"), (.unshareAll, "unshare_all"), (.dma, "dma_alloc"),
      (.bounces, "share"), (.heapAllocate, "heap_alloc"), (.heapDeallocate, "heap_dealloc"),
      (.heapAdd, "heap_add"), (.mmio, "map_mmio"),
    ]
    return names.filter { !contains($0.0) }.map(\.1)
  }
}

// MARK: - Reading a table

extension SubjectDescription {
  /// Reads a table, and says what is wrong with it.
  init(_ table: sharecheck_subject) throws(SubjectFailure) {
    guard let name = table.name else { throw SubjectFailure("has a table without a name") }
    func has(_ isThere: Bool, _ call: String) throws(SubjectFailure) {
      if !isThere { throw SubjectFailure("has a table that lacks \(call)") }
    }
    try has(table.create != nil, "create")
    try has(table.destroy != nil, "destroy")
    try has(table.`init` != nil, "init")
    try has(table.alloc_shared != nil, "alloc_shared")
    guard table.heap <= SHARECHECK_HAS_A_HEAP.rawValue else {
      throw SubjectFailure("has a heap of kind \(table.heap), which there is not")
    }
    guard table.memory <= SHARECHECK_MAPPED.rawValue else {
      throw SubjectFailure("has memory of kind \(table.memory), which there is not")
    }
    self.name = String(cString: name)
    revision = table.revision.map { String(cString: $0) }
    lacks = try Self.bits(table.lacks, "lacks") { UInt64($0.bit.rawValue) }
    promises = try Self.bits(table.promises, "promises") { UInt64($0.bit.rawValue) }
    isOpen = table.observe != nil
    hasHeap = table.heap == SHARECHECK_HAS_A_HEAP.rawValue
    isMapped = table.memory == SHARECHECK_MAPPED.rawValue
    let places = Backend.all.indices.filter {
      table.hypervisors == 0 || table.hypervisors & 1 << UInt64($0) != 0
    }
    backends = places.map { Backend.all[$0].id }
    if backends.isEmpty { throw SubjectFailure("runs on none of the hypervisors") }
    limits = try Self.limits(table)
  }

  /// The members of a set of bits.
  private static func bits<Member: CaseIterable>(
    _ bits: UInt64, _ field: String, _ bit: (Member) -> UInt64
  ) throws(SubjectFailure) -> [Member] {
    let members = Member.allCases.filter { bits & bit($0) != 0 }
    let rest = bits & ~members.reduce(0) { $0 | bit($1) }
    if rest != 0 {
      throw SubjectFailure("has \(field) with bits that mean nothing, \(hex(rest))")
    }
    return members
  }

  private static func limits(_ table: sharecheck_subject) throws(SubjectFailure) -> MachineLimits {
    func powerOfTwo(_ value: UInt64, _ field: String) throws(SubjectFailure) -> UInt64? {
      if value & (value &- 1) != 0 {
        throw SubjectFailure("has a \(field) of \(value), which is no power of two")
      }
      return value == 0 ? nil : value
    }
    var limits = MachineLimits()
    limits.granules = table.granules == 0 ? nil : table.granules
    limits.minimumBlock = try powerOfTwo(table.minimum_block, "minimum_block")
    limits.largestBlock = try powerOfTwo(table.largest_block, "largest_block")
    limits.mmioRecords = table.mmio_regions == 0 ? nil : table.mmio_regions
    limits.takesScantStorage = false
    if table.memory == SHARECHECK_MAPPED.rawValue { try makeMapped(&limits) }
    if table.heap == SHARECHECK_HAS_A_HEAP.rawValue { limits.heapRule = .buddy }
    limits.calls = calls(table)
    return limits
  }

  /// Leaves the machines whose memory a process can map.
  private static func makeMapped(_ limits: inout MachineLimits) throws(SubjectFailure) {
    limits.isMapped = true
    let granules = (limits.granules ?? .max) & MachineLimits.mappableGranules
    if granules == 0 {
      throw SubjectFailure("has mapped memory, and no granule from 64 to 65536 bytes")
    }
    limits.granules = granules
    if let block = limits.minimumBlock, block < MachineLimits.leastMappableBlock {
      throw SubjectFailure(
        "has mapped memory, and a minimum_block of \(block), which is less than a word")
    }
  }

  private static func calls(_ table: sharecheck_subject) -> GuestCalls {
    let hasHeap = table.heap == SHARECHECK_HAS_A_HEAP.rawValue
    let calls: [(GuestCalls, Bool)] = [
      (.deallocateShared, table.dealloc_shared != nil),
      (.unshareAll, table.unshare_all != nil),
      (.dma, table.dma_alloc != nil && table.dma_dealloc != nil),
      (.bounces, table.share != nil && table.unshare != nil),
      // The heap of the machine is the checks' own.
      (.heapAllocate, !hasHeap || table.heap_alloc != nil),
      (.heapDeallocate, !hasHeap || table.heap_dealloc != nil),
      (.heapAdd, !hasHeap || table.heap_add != nil),
      (.mmio, table.map_mmio != nil && table.unmap_all_mmio != nil),
    ]
    return calls.reduce(into: []) { if $1.1 { $0.insert($1.0) } }
  }
}
