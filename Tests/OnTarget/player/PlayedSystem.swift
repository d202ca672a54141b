import MemorySharing

/// The core as it ships, on this machine: what a restart makes and calls are made on.
final class PlayedSystem {
  typealias Hypervisor = DetectedHypervisor<ToldHVC>
  typealias MachineHeap = Heap<BuddyAllocator, PlayerMemory>
  typealias Frames = ToldHeap<MachineHeap>
  typealias Pool = SharedPool<Hypervisor, PlayerMemory, Frames, BuddyAllocator>

  private let hypervisor: Hypervisor
  private let heapBlocks: UnsafeMutablePointer<BuddyAllocator>
  private let heap: MachineHeap
  private let frames: Frames
  private var map: MemoryMap
  private var pool: Pool?
  private var mmioGuard: MMIOGuard<Hypervisor>?
  private let storage: Storage

  /// Private memory for metadata.
  private struct Storage {
    let heap, pool, records, devices: UnsafeMutableRawBufferPointer

    init(_ words: ArraySlice<UInt64>) {
      func bytes(_ place: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: Int(words[words.startIndex + place]), alignment: 16)
      }
      heap = bytes(Switching.heapMetadata)
      pool = bytes(Switching.poolMetadata)
      records = bytes(Switching.regionRecords)
      devices = bytes(Switching.deviceRecords)
    }

    func free() {
      heap.deallocate()
      pool.deallocate()
      records.deallocate()
      devices.deallocate()
    }
  }

  /// - Parameter words: a restart's.
  static func make(_ words: ArraySlice<UInt64>, _ memory: PlayerMemory) -> PlayedSystem? {
    func word(_ place: Int) -> UInt64 { words[words.startIndex + place] }
    let android13 = word(Switching.isAndroid13) == 1
    guard
      let hypervisor = try? Hypervisor.detect(
        through: ToldHVC(), generation: android13 ? .android13 : .current)
    else { return nil }
    let storage = Storage(words)
    let heapBlocks = UnsafeMutablePointer<BuddyAllocator>.allocate(capacity: 1)
    heapBlocks.initialize(
      to: BuddyAllocator(
        minimumBlock: word(Switching.minimumBlock), orders: word(Switching.heapOrders),
        metadata: storage.heap))
    let arena = AddressRange(
      uncheckedStart: word(Switching.arenaStart), size: word(Switching.arenaSize))
    guard let heap = try? MachineHeap(arena: arena, blocks: heapBlocks, memory: memory) else {
      heapBlocks.deinitialize(count: 1)
      heapBlocks.deallocate()
      storage.free()
      return nil
    }
    var map = MemoryMap(
      memory: AddressRange(
        uncheckedStart: word(Switching.mapStart), size: word(Switching.mapSize)))
    try? map.track(arena)
    return PlayedSystem(
      hypervisor, heapBlocks, heap, memory, map, storage,
      pool: BuddyAllocator(
        minimumBlock: word(Switching.minimumBlock), orders: word(Switching.poolOrders),
        metadata: storage.pool))
  }

  private init(
    _ hypervisor: Hypervisor, _ heapBlocks: UnsafeMutablePointer<BuddyAllocator>,
    _ heap: MachineHeap, _ memory: PlayerMemory, _ map: MemoryMap, _ storage: Storage,
    pool blocks: consuming BuddyAllocator
  ) {
    self.hypervisor = hypervisor
    self.heapBlocks = heapBlocks
    self.heap = heap
    self.map = map
    self.storage = storage
    frames = Frames(heap)
    pool = Pool(
      hypervisor: hypervisor, memory: memory, frames: frames, blocks: blocks,
      records: storage.records)
    mmioGuard = try? MMIOGuard(
      hypervisor: hypervisor, window: Self.deviceMemory,
      records: storage.devices.bindMemory(to: AddressRange.self))
  }

  /// Where programs have their devices: the judge's `Configuration.deviceMemory`.
  private static var deviceMemory: AddressRange? {
    try? AddressRange(start: PhysicalAddress(0x0900_0000), size: 0x100_0000)
  }

  deinit {
    pool = nil
    mmioGuard = nil
    heapBlocks.deinitialize(count: 1)
    heapBlocks.deallocate()
    storage.free()
  }

  /// Makes a call and answers: events (told while it runs), heap, outcome.
  func perform(_ words: ArraySlice<UInt64>) {
    func word(_ place: Int) -> UInt64 { words[words.startIndex + place] }
    frames.beginCommand(failingAllocation: word(CallWords.failingAllocation))
    var outcome = Outcome(OutcomeCode.skipped)
    do throws(ShareError) {
      outcome = try answer(
        word(CallWords.code), word(CallWords.numbers), word(CallWords.numbers + 1),
        word(CallWords.numbers + 2), word(CallWords.numbers + 3))
    } catch {
      tell(EventCode.end, frames.allocations, frames.hasRefused ? 1 : 0)
      var (number, a, b, c, d) = error.words
      if case .hypercallFailed = error, defect == .namesWrongGranule { b ^= pageBytes }
      tell(OutcomeCode.failed, number, a, b, c, d)
      return
    }
    tell(EventCode.end, frames.allocations, frames.hasRefused ? 1 : 0)
    tell(outcome.code, outcome.a, outcome.b, outcome.c, outcome.d)
  }

  private struct Outcome {
    var code, a, b, c, d: UInt64

    init(_ code: UInt64, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0, _ d: UInt64 = 0) {
      (self.code, self.a, self.b, self.c, self.d) = (code, a, b, c, d)
    }
  }

  private func answer(
    _ code: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64
  ) throws(ShareError) -> Outcome {
    if code == CallCode.drop {
      pool = nil
      return Outcome(OutcomeCode.done)
    }
    guard pool != nil else { return Outcome(OutcomeCode.skipped) }
    let address = PhysicalAddress(a)
    switch code {
    case CallCode.initialise: try initialise(a, b == 1 ? (c, d) : nil)
    case CallCode.allocateShared:
      return placed(try pool!.allocateShared(try Layout(size: a, alignment: b)))
    case CallCode.deallocateShared:
      try pool!.deallocateShared(address, try Layout(size: b, alignment: c))
    case CallCode.dmaAlloc:
      let buffer = try pool!.dmaAlloc(pages: a, direction: BufferDirection(word: b))
      return Outcome(OutcomeCode.address, buffer.physical.rawValue, 1, buffer.virtual.rawValue)
    case CallCode.dmaDealloc: try pool!.dmaDealloc(address, pages: b)
    case CallCode.share:
      return placed(
        try pool!.share(buffer(a, b), direction: BufferDirection(word: c)))
    case CallCode.unshare:
      try pool!.unshare(address, buffer(b, c), direction: BufferDirection(word: d))
    case CallCode.heapAllocate:
      let layout = try Layout(size: a, alignment: b)
      let isZeroed = c == 1 && defect != .handsOutDirty
      return placed(isZeroed ? try heap.allocateZeroed(layout) : try heap.allocate(layout))
    case CallCode.heapDeallocate:
      try heap.deallocate(address, try Layout(size: b, alignment: c))
    case CallCode.mapMMIO:
      guard mmioGuard != nil else { throw .mmioGuardUnsupported }
      try mmioGuard!.map(AddressRange(uncheckedStart: a, size: b))
    case CallCode.unmapAllMMIO:
      let report = mmioGuard?.unmapAll() ?? MMIOReport(unmapped: 0, stillMapped: 0)
      return Outcome(OutcomeCode.unmapped, report.unmapped, report.stillMapped)
    case CallCode.unshareAll:
      let report = pool!.unshareAll()
      return Outcome(
        OutcomeCode.unshared, report.granulesUnshared, report.granulesQuarantined,
        report.regionsReturned, report.regionsKept)
    default: return Outcome(OutcomeCode.skipped)
    }
    return Outcome(OutcomeCode.done)
  }

  private func placed(_ address: PhysicalAddress) -> Outcome {
    Outcome(OutcomeCode.address, address.rawValue)
  }

  private func buffer(_ address: UInt64, _ size: UInt64) -> GuestBuffer {
    GuestBuffer(address: VirtualAddress(address), size: size)
  }

  private func initialise(
    _ kind: UInt64, _ range: (start: UInt64, size: UInt64)?
  ) throws(ShareError) {
    switch kind {
    case InitialisationCode.dynamic: try pool!.initialiseDynamic()
    case InitialisationCode.heap: try pool!.initialiseHeap()
    case InitialisationCode.fixed:
      try pool!.initialiseStatic(start: range?.start ?? 0, size: range?.size ?? 0, in: &map)
    default:
      try pool!.initialise(for: hypervisor.sharingSupport, staticRange: range, in: &map)
    }
  }

  /// Answers the free blocks of pool and heap: how many, then order and address of each.
  func observe() {
    var blocks: [UInt64] = []
    if pool != nil {
      pool!.withBlocks { allocator in
        allocator.forEachFreeBlock { address, order in
          blocks.append(order)
          blocks.append(address.rawValue)
        }
      }
      tell(1)
    } else {
      tell(0)
    }
    answer(blocks)
    blocks.removeAll(keepingCapacity: true)
    heapBlocks.pointee.forEachFreeBlock { address, order in
      blocks.append(order)
      blocks.append(address.rawValue)
    }
    answer(blocks)
  }

  private func answer(_ blocks: [UInt64]) {
    tell(UInt64(blocks.count / 2))
    for word in blocks { channel.put(word) }
  }
}
