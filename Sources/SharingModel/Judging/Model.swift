import MemorySharing
import SimulatedHypervisors

/// The reference model: what must be true of a pool, its heap and its hypervisor.
///
/// It does not predict: it adopts what an outcome says and works everything else out from that and
/// from the port events; then the `InvariantChecker` asks the invariants of the model. It shares
/// the core's vocabulary and none of its algorithms. Event invariants see it as it was before the
/// event, the others as it is after the command.
public final class Model {
  // What the run is about.
  public internal(set) var configuration: Configuration
  public internal(set) var backend: Backend
  /// The content of guest memory, which the checks may ask.
  public let memory: TaggedMemory

  // What is so.
  public enum PoolState: Equatable, Sendable { case uninitialised, open, closed }
  public internal(set) var state = PoolState.uninitialised
  public internal(set) var isDropped = false
  /// What each slot holds, or held until it was freed.
  public internal(set) var slots: [Holding?]
  /// All live buffers, also those that no slot names any more.
  public internal(set) var live: [Holding] = []
  public internal(set) var pool: FreeSet
  public internal(set) var heap: FreeSet
  /// The regions that the sharer has taken and not given back, in the order in which it took them.
  public internal(set) var regions: [AddressRange] = []
  /// The alignment with which each of them was asked for, in bytes.
  var regionAlignments: [UInt64] = []
  /// Regions that the heap did not take back.
  public internal(set) var refused: [AddressRange] = []
  /// Where the whole smallest blocks end that the heap has.
  var heapEnd = PhysicalAddress(0)
  /// What the host can reach.
  public internal(set) var reach = SortedRanges()
  /// Granules in doubt: a SHARE or UNSHARE of it failed in this command, and no UNSHARE has cleared
  /// it since.
  public internal(set) var uncertain = SortedRanges()
  /// Granules that could not be taken back.
  public internal(set) var quarantined = SortedRanges()
  /// Granules that a dropped owner abandoned by the hypervisor's port.
  public internal(set) var abandoned = SortedRanges()
  /// Whether an earlier teardown has reported what was quarantined.
  public internal(set) var isReported = false
  public internal(set) var mmio = SortedRanges()
  /// MMIO granules whose MAP or UNMAP failed: nobody but the hypervisor knows.
  public internal(set) var mmioUncertain = SortedRanges()
  /// MMIO granules whose UNMAP failed: the guard never touches them again.
  public internal(set) var mmioStuck = SortedRanges()
  /// Successful MMIO mappings, as the guest knows them.
  public internal(set) var mapped: [AddressRange] = []
  /// What the system under test shows of itself.
  public internal(set) var shown: Capabilities = []
  /// The calls that it has.
  var calls = GuestCalls.all
  /// The storage that it was handed.
  var storage = Storage.ample

  // The command that runs or has just run.
  public internal(set) var step: Step?
  public internal(set) var action = ResolvedStep.nothing
  public internal(set) var outcome = Outcome.skipped
  public internal(set) var record = CommandEffects()
  /// The port calls that the specification wants of it.
  var protocolCalls = CallProtocol()
  /// What a call that throws must leave alone, as it was when the command's first port event came.
  public internal(set) var before = PreCallState()
  /// What the system shows of itself; the lockstep has it filled in after each call.
  public var observation = Observation()
  /// What the same call answered where the host wrote something else; nil where it was not asked.
  public internal(set) var otherOutcome: Outcome?

  public init(memory: TaggedMemory) {
    let configuration = Configuration()
    self.configuration = configuration
    self.backend = .pkvm
    self.memory = memory
    self.slots = Array(repeating: nil, count: Slot.count)
    self.pool = configuration.emptyPool
    self.heap = configuration.emptyHeap
  }

  /// Starts over on a machine.
  public func reset(
    _ configuration: Configuration, on backend: Backend, shown: Capabilities,
    calls: GuestCalls = .all, storage: Storage = .ample
  ) {
    self.configuration = configuration
    self.backend = backend
    state = .uninitialised
    isDropped = false
    for index in slots.indices { slots[index] = nil }
    live.clear()
    pool = configuration.emptyPool
    heap = configuration.emptyHeap
    // Spec §3.11: the heap keeps the page at address 0 for good.
    let kept = configuration.arenaStart == 0 ? min(configuration.arenaSize, 4096) : 0
    let atStart = configuration.arenaAtStart
    heapEnd = wholeBlocksEnd(atStart.end.rawValue)
    if atStart.size > kept {
      heap.add(
        AddressRange(uncheckedStart: configuration.arenaStart + kept, size: atStart.size - kept))
    }
    regions.clear()
    regionAlignments.clear()
    refused.clear()
    reach.removeAll()
    if backing == .fixed { reach.insert(configuration.staticRange) }
    uncertain.removeAll()
    quarantined.removeAll()
    abandoned.removeAll()
    isReported = false
    mmio.removeAll()
    mmioUncertain.removeAll()
    mmioStuck.removeAll()
    mapped.clear()
    self.shown = shown
    self.calls = calls
    self.storage = storage
    step = nil
    action = .nothing
    outcome = .skipped
    record.restart(number: 0)
    protocolCalls.reset(granule: configuration.granule, heapModeSharesNothing: backing != .dynamic)
    otherOutcome = nil
  }

  /// Where the pool's memory comes from on this backend.
  public var backing: Scope { Scope(backend.sharing) }
  var hasMMIOGuard: Bool {
    backend.behaviour(in: configuration.disguise).mmioGuard == .present
  }
  var hasAndroid13Answers: Bool { backend.behaviour.answersLikeAndroid13 }

  /// The memory that a buffer lies in: a region, the static range, or the heap's arena.
  func home(of made: Holding) -> AddressRange? {
    if made.isHeap { return configuration.arena.contains(made.bytes) ? configuration.arena : nil }
    if backing == .fixed {
      return configuration.staticRange.contains(made.bytes) ? configuration.staticRange : nil
    }
    if let region = regions.first(where: { $0.contains(made.bytes) }) { return region }
    // A merged block may span regions that touch (spec §3.4).
    var added = SortedRanges()
    for region in regions { added.insert(region) }
    return added.ranges.first { $0.contains(made.bytes) }
  }

  /// Whether the command may have lost a granule, or any is lost.
  public var mayHaveLost: Bool {
    record.hypercallFailed || !quarantined.isEmpty || state == .closed
  }

  /// Where the whole smallest blocks end that lie before an address.
  func wholeBlocksEnd(_ address: UInt64) -> PhysicalAddress {
    PhysicalAddress(address / configuration.minimumBlock * configuration.minimumBlock)
  }

  /// Whether a region stays away from the heap: it holds a quarantined granule, or the heap did not
  /// take it back.
  func isKept(_ region: AddressRange) -> Bool {
    quarantined.overlaps(region) || refused.contains(region)
  }

  /// The address at which the guest sees this byte.
  public func virtual(_ address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue &+ configuration.virtualOffset)
  }
}

extension Configuration {
  fileprivate var emptyPool: FreeSet { FreeSet(minimum: minimumBlock, largest: poolTop) }
  fileprivate var emptyHeap: FreeSet {
    FreeSet(minimum: minimumBlock, largest: heapTop, rule: heapRule)
  }
}
