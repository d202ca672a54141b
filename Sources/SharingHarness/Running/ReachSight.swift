import MemorySharing
import SharingModel
import SimulatedHypervisors

/// What the predicate of a label is asked about: the machine, the command that has just run, and
/// what came before it in this run.
final class Sight {
  let model: Model
  let machine: Machine
  let monitor: SimulatedMonitor
  // What is asked most is kept here, so that nobody counts a reference for it.
  private(set) var configuration = Configuration()
  private(set) var poolTop: UInt64 = 0
  private(set) var heapTop: UInt64 = 0
  /// The commands of the program.
  private(set) var length = 0

  // Before the command.
  /// The state of the pool.
  var stateBefore = Model.PoolState.uninitialised
  /// Bytes in quarantine.
  var lostBefore: UInt64 = 0
  var hadReport = false
  /// Of a teardown: live buffers of the pool, those that no slot names, and regions.
  var liveBefore = 0
  var unnamedBefore = 0
  var regionsBefore = 0

  // In the command.
  /// Whether its step says that something goes wrong.
  var hasFaults = false
  /// The buffer that it made last.
  var made = Holding(kind: .heap, address: PhysicalAddress(0), size: 0, alignment: 1, block: 0)
  /// The bytes of the region that it took, and how many regions there are then.
  var region: UInt64 = 0
  var regions = 0
  var fired = FiredFaults()
  /// The error of a call that was refused, as `ShareError.number` says.
  var errorNumber = 0

  // In this run, before the command.
  /// Whether a first init was refused.
  var hadRefusedInit = false
  /// Whether MMIO was unmapped.
  var hadUnmapped = false

  init(_ model: Model, _ machine: Machine) {
    self.model = model
    self.machine = machine
    monitor = machine.monitor
  }

  /// Starts over, after the model did.
  func begin(length: Int) {
    configuration = model.configuration
    poolTop = configuration.poolTop
    heapTop = configuration.heapTop
    self.length = length
    hadRefusedInit = false
    hadUnmapped = false
    errorNumber = 0
    regions = 0
  }
}

// MARK: The machine

extension Sight {
  var granule: UInt64 { configuration.granule }
  var block: UInt64 { configuration.minimumBlock }
  var poolOrders: UInt64 { configuration.poolOrders }
  var heapOrders: UInt64 { configuration.heapOrders }
  var start: UInt64 { configuration.arenaStart }
  var arena: UInt64 { configuration.arenaSize }
  var blocks: UInt64 { arena / block }
  /// Bytes from the arena's end to the last of the address space.
  var room: UInt64 { .max - start - arena }
  var offset: UInt64 { configuration.virtualOffset }
  var staticPages: UInt64 { configuration.staticPages }
  var isFirstFit: Bool { configuration.heapRule == .firstFit }
  var disguise: Disguise { configuration.disguise }
  var layers: UInt64 { model.observation.indexDepth }
}

// MARK: The command

extension Sight {
  var command: Command? { model.step?.command }

  var size: UInt64 { made.size }
  var alignment: UInt64 { made.alignment }
  var madeBlock: UInt64 { made.block }
  /// Whether a buffer is in no region alone.
  var spansRegions: Bool {
    let bytes = made.bytes
    return !model.regions.contains { $0.contains(bytes) }
  }

  /// The pages of a DMA buffer, or 0.
  var pages: UInt64 {
    if case .dma(let pages) = made.kind { pages } else { 0 }
  }

  /// Which way a bounce buffer goes.
  var direction: BufferDirection? {
    if case .bounce(_, let direction) = made.kind { direction } else { nil }
  }

  var isZeroed: Bool { if case .heapAllocate(_, _, _, true) = command { true } else { false } }

  /// The end of the heap buffer that the command made.
  var end: UInt64 { made.bytes.end.rawValue }

  /// The alignment that a call for a buffer asks for; 1 where it asks for none.
  var askedAlignment: UInt64 {
    switch model.action {
    case .call(.allocateShared(_, let alignment)), .call(.heapAllocate(_, let alignment, _)):
      alignment
    default: 1
    }
  }

  var freeing: Freeing? { if case .free(_, let way) = command { way } else { nil } }
  var added: AddedRange? { if case .heapAdd(let range) = command { range } else { nil } }
  var initialisation: Initialisation? {
    if case .initialise(let kind) = command { kind } else { nil }
  }
  var isFirstInit: Bool { stateBefore == .uninitialised && initialisation != nil }

  /// The free merges of the command.
  var merges: Range<Int> { model.record.merges }
  var mergesToTheTop: Bool {
    !merges.isEmpty && model.record.freed?.isHeap == false
      && UInt64(merges.upperBound) == poolOrders - 1
  }

  var window: MMIOWindow? { if case .mapMMIO(_, _, let window) = command { window } else { nil } }
  var mappedPages: UInt64 { if case .mapMMIO(_, let pages, _) = command { pages } else { 0 } }
  var mmioGranule: UInt64 { configuration.mmioGranule }

  /// Whether MMIO is refused that no mapping overlaps: it shares a granule with one.
  var sharesMappedGranule: Bool {
    guard case .call(.mapMMIO(let range)) = model.action, errorNumber == 25 else { return false }
    return model.mmioStuck.isEmpty && !model.mapped.contains { $0.overlaps(range) }
  }

  var unmapped: UInt64 { model.record.mmioUnmapped }

  var isTeardown: Bool {
    switch model.action {
    case .call(.unshareAll), .call(.drop): true
    default: false
    }
  }
  var isDrop: Bool { model.action == .call(.drop) }

  func isRefused(for fault: RequestFault) -> Bool { model.record.faults.contains(fault) }
}

// MARK: What went wrong

extension Sight {
  var heapRefuses: Bool { model.record.heapFailed }
  var heapRefusesFree: Bool { machine.heapFaults.frees.hasFired }
  var deeds: [HostDeed] { monitor.effectiveDeeds }

  /// The faults of the command that fired, and deeds that changed something.
  var faults: Int {
    fired.armed + deeds.count + (heapRefuses ? 1 : 0) + (heapRefusesFree ? 1 : 0)
  }

  /// Whether a fault of the command fired, or a deed of the host changed something.
  var isFaulty: Bool {
    hasFaults
      && (fired.armed > 0 || heapRefuses || heapRefusesFree || !deeds.isEmpty || isInterrupted)
  }

  /// Whether the guest called in the middle of the command.
  var isInterrupted: Bool { !model.record.nested.isEmpty }

  /// Whether it made such a call.
  func isInterrupted(by deed: GuestDeed) -> Bool {
    guard isInterrupted, let faults = model.step?.faults else { return false }
    return faults.contains { fault in
      guard case .guest(deed, let position) = fault else { return false }
      return position <= machine.portCalls
    }
  }

  /// Whether a hypercall of this function failed of itself, as where the host has pinned a granule.
  func failsByItself(_ function: HypercallFunction) -> Bool {
    guard let failure = model.record.firstFailure else { return false }
    return failure.fault == nil && failure.function == function.rawValue
  }

  /// Whether the command has put a granule into quarantine.
  var quarantines: Bool { model.quarantined.size > lostBefore }
  var hadQuarantine: Bool { lostBefore > 0 }
  var quarantinedGranules: UInt64 { model.quarantined.size / granule }

  /// Whether a quarantined granule has a neighbour in its region.
  var quarantinesPartOfARegion: Bool {
    model.regions.contains { $0.size > granule && model.quarantined.overlaps($0) }
  }
}

/// The hypercalls of a command that went wrong on purpose, by mode, position and function.
struct FiredFaults {
  enum FiredMode: UInt64 { case fails, takesEffect, garbage }
  enum PositionClass: UInt64, CaseIterable { case first, upTo6, upTo64, later }

  /// What was seen, as the functions below say.
  private(set) var bits: UInt64 = 0
  /// How many faults of the command's own fired.
  private(set) var armed = 0

  mutating func note(_ mode: FaultMode, of function: UInt32, at position: Int, by fault: Fault?) {
    let row = Self.row(mode)
    set(24 + row.rawValue * 8 + UInt64(function & 7))
    switch mode {
    case .fails(let answer) where answer != -3: set(48)
    case .answersGarbage(let answer) where answer & 0xffff_ffff == 0: set(49)
    default: break
    }
    guard let fault else {
      // Either the command itself has set it, or an earlier one.
      return set(has(53 + row.rawValue) ? 56 + row.rawValue : 50 + row.rawValue)
    }
    armed += 1
    set(row.rawValue * 4 + Self.position(position).rawValue)
    if fault.lasts { set(53 + row.rawValue) }
  }

  /// A fault of the command in this mode, at a position of this class.
  func contains(_ mode: FiredMode, _ position: PositionClass) -> Bool {
    has(mode.rawValue * 4 + position.rawValue)
  }
  /// A fault of the command in this mode.
  func contains(_ mode: FiredMode) -> Bool { bits >> (mode.rawValue * 4) & 15 != 0 }
  /// Any fault in this mode that a call of this function met.
  func contains(_ mode: FiredMode, of function: HypercallFunction) -> Bool {
    has(24 + mode.rawValue * 8 + UInt64(function.rawValue & 7))
  }
  var hasAnotherAnswer: Bool { has(48) }
  var hasEmptyLowerHalf: Bool { has(49) }
  /// A fault in this mode that an earlier command has set.
  func isStanding(_ mode: FiredMode) -> Bool { has(50 + mode.rawValue) }
  /// A fault in this mode that has lasted for a call after its own.
  func lasts(_ mode: FiredMode) -> Bool { has(56 + mode.rawValue) }

  private func has(_ bit: UInt64) -> Bool { bits >> bit & 1 != 0 }
  private mutating func set(_ bit: UInt64) { bits |= 1 << bit }

  private static func row(_ mode: FaultMode) -> FiredMode {
    switch mode {
    case .fails: .fails
    case .failsButTakesEffect: .takesEffect
    case .answersGarbage: .garbage
    }
  }

  private static func position(_ position: Int) -> PositionClass {
    switch position {
    case ...1: .first
    case ...6: .upTo6
    case ...64: .upTo64
    default: .later
    }
  }
}
