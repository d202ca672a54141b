import MemorySharing
import PropertyTesting

/// A hypervisor that says what it can do.
package protocol SupportingHypervisor: MemorySharingHypervisor, MMIOGuardHypervisor,
  SendableMetatype
{
  var sharingSupport: SharingSupport { get }
}

extension DetectedHypervisor: SupportingHypervisor {}

/// How hypervisor and pool are made, which are checked.
package struct HypercallClient<Hypervisor: SupportingHypervisor, Pool: SharingPool & ~Copyable>:
  Sendable
{
  package var detect:
    @Sendable (ScriptedConduit, HypervisorGeneration) throws(ShareError) -> Hypervisor
  package var pool: @Sendable (Hypervisor, TestHeap<NoMemory>) -> Pool

  package init(
    detect:
      @escaping @Sendable (ScriptedConduit, HypervisorGeneration) throws(ShareError) ->
      Hypervisor,
    pool: @escaping @Sendable (Hypervisor, TestHeap<NoMemory>) -> Pool
  ) {
    self.detect = detect
    self.pool = pool
  }
}

/// What a run starts from.
package struct HypercallSettings: Sendable, CustomStringConvertible {
  var guise: Guise
  var granule: UInt64
  var pages: UInt64
  var arenaStart: UInt64
  var recordBytes: Int

  package var description: String {
    "\(guise), granule \(granule), \(pages) pages at \(arenaStart), \(recordBytes) bytes of records"
  }

  var arena: AddressRange { AddressRange(uncheckedStart: arenaStart, size: pages * 4096) }
  /// What a hypervisor that shares before boot has shared.
  var staticRange: AddressRange { AddressRange(uncheckedStart: 1 << 32, size: 4 * 4096) }

  static var generator: Generator<HypercallSettings> {
    zip(
      Generator<Guise>.element(of: [
        .protectedKVM, .protectedKVM, .protectedKVM, .android13, .genieZone, .gunyah, .plainKVM,
        .unguardedKVM,
      ]),
      Generator<UInt64>.element(of: [4096, 64, 16384, 65536, 1]),
      Generator<UInt64>.element(of: [16, 1, 5, 64]),
      Generator<UInt64>.element(of: [0x8000_0000, 0, 0x8000_1000]),
      Generator<Int>.element(of: [256, 24, 64, 128])
    ).map(HypercallSettings.init)
  }
}

/// A detected hypervisor whose answers the input chooses, a pool and an MMIO guard over it.
package struct HypercallSystem<Hypervisor: SupportingHypervisor, Pool: SharingPool & ~Copyable>:
  ~Copyable
{
  let settings: HypercallSettings
  let ledger: Ledger
  let conduit: ScriptedConduit
  private let client: HypercallClient<Hypervisor, Pool>
  private let hypervisor: Hypervisor?
  private var pool: Pool?
  private var mmio: MMIOGuard<Hypervisor>?
  private let mmioRecords = UnsafeMutableBufferPointer<AddressRange>.allocate(capacity: 3)
  private var map: MemoryMap
  /// What the pool should be.
  private(set) var state = HypercallModel.State.uninitialised
  private var slots = Slots<NaiveBlocks.Held>()

  init(_ settings: HypercallSettings, _ client: HypercallClient<Hypervisor, Pool>) {
    let ledger = Ledger(settings.guise)
    let conduit = ScriptedConduit(settings.guise, granule: settings.granule, ledger: ledger)
    self.settings = settings
    self.ledger = ledger
    self.conduit = conduit
    self.client = client
    map = MemoryMap(memory: AddressRange(uncheckedStart: 0, size: 1 << 40))
    let isStatic = settings.guise.support == .beforeBoot
    let arena = TestHeap(
      settings.arena, covering: isStatic ? settings.staticRange : settings.arena,
      memory: NoMemory(), recordBytes: settings.recordBytes)
    arena.observe = { event in ledger.note(event) }
    if isStatic { ledger.note(.took(settings.staticRange)) }
    ledger.begin(.detecting)
    hypervisor = try? client.detect(conduit, settings.guise.generation)
    pool = hypervisor.map { client.pool($0, arena) }
    if hypervisor == nil { ledger.complain("\(settings.guise) was not detected") }
    mmioRecords.initialize(repeating: AddressRange(uncheckedStart: 0, size: 1))
  }

  deinit { mmioRecords.deallocate() }
}

// MARK: - Calls

extension HypercallSystem where Pool: ~Copyable {
  /// Detects a hypervisor that answers its UUID, whether it guards MMIO, and its features so.
  func detect(
    _ uuid: UUIDWords, garbage: UInt64, info: UInt64, features: UInt64
  ) -> Outcome<String> {
    let ledger = Ledger(.protectedKVM)
    ledger.begin(.detecting)
    let conduit = ScriptedConduit(.protectedKVM, granule: 4096, ledger: ledger)
    conduit.answerDetection(uuid, garbage: garbage, info: info, features: features)
    let outcome = Outcome { () throws(ShareError) in
      "\(try client.detect(conduit, .current).sharingSupport)"
    }
    if let violation = ledger.violation { self.ledger.complain(violation) }
    return outcome
  }

  mutating func initialise() -> Outcome<Done> {
    ledger.begin(.initialising)
    let range = settings.staticRange
    let outcome = Outcome { () throws(ShareError) in
      try pool?.initialise(
        for: hypervisor?.sharingSupport ?? .none,
        staticRange: (range.start.rawValue, range.size), in: &map)
      return Done()
    }
    if case .served = outcome, state == .uninitialised {
      ledger.granule = ledger.lastAnswer[.memInfo] ?? 1
      state = .open
    }
    return outcome
  }

  mutating func allocate(
    _ slot: Slot, _ size: UInt64, _ alignment: UInt64
  ) -> Outcome<PhysicalAddress> {
    ledger.begin(.allocating)
    return Outcome { () throws(ShareError) in
      let layout = try Layout(size: size, alignment: alignment)
      let address = try pool?.allocateShared(layout) ?? PhysicalAddress(0)
      slots[slot] = NaiveBlocks.Held(address: address.rawValue, layout: layout)
      return address
    }
  }

  mutating func free(_ slot: Slot) -> Outcome<Done> {
    ledger.begin(.other)
    let held = slots[slot]
    return Outcome { () throws(ShareError) in
      try pool?.deallocateShared(
        PhysicalAddress(held?.address ?? 0),
        held?.layout ?? Layout(uncheckedSize: 1, alignment: 1))
      return Done()
    }
  }

  mutating func unshareAll() -> UnshareReport {
    ledger.begin(.closing)
    state = .closed
    return pool?.unshareAll() ?? UnshareReport()
  }

  /// Drops the pool.
  mutating func drop() {
    ledger.begin(.closing)
    pool = nil
  }

  // MARK: MMIO

  mutating func enrol() -> Outcome<Done> {
    ledger.begin(.enrolling)
    return Outcome { () throws(ShareError) in
      guard let hypervisor else { throw .mmioGuardUnsupported }
      mmio = try MMIOGuard(hypervisor: hypervisor, records: mmioRecords)
      ledger.mmioGranule = mmio?.granule
      return Done()
    }
  }

  mutating func map(_ start: UInt64, _ size: UInt64) -> Outcome<Done> {
    ledger.begin(.mapping)
    return Outcome { () throws(ShareError) in
      try mmio?.map(AddressRange(start: PhysicalAddress(start), size: size))
      return Done()
    }
  }

  mutating func unmapAll() -> MMIOReport {
    ledger.begin(.unmapping)
    return mmio?.unmapAll() ?? MMIOReport(unmapped: 0, stillMapped: 0)
  }
}
