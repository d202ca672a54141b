import MemorySharing
import SimulatedHypervisors

// What a command's beginning and end tell.

extension Model {
  /// Notes what must be known before the step runs.
  public func begin(_ step: Step?, _ action: ResolvedStep) {
    let number = record.number + 1
    if case .unshared = outcome { isReported = true }
    self.step = step
    self.action = action
    outcome = .skipped
    otherOutcome = nil
    record.restart(number: number)
    guard case .call(let call) = action else {
      if judgesCalls { protocolCalls.begin(nil, self) }
      return
    }
    record.faults = faults(of: call)
    noteRequest(of: call)
    if judgesCalls { protocolCalls.begin(call, self) }
    if record.faults.isEmpty, let freed = freedBlock(by: call) {
      record.freeing = live.first { freed.matches($0) }
    }
    switch call {
    case .unshare(let bounce, let buffer, _) where record.faults.isEmpty:
      record.bounceContent = content(bounce, buffer.size)
      record.driverContent = content(physical(buffer), buffer.size)
    case .share(let buffer, let direction)
    where record.faults.isEmpty && direction != .deviceToDriver:
      record.driverContent = content(physical(buffer), buffer.size)
    case .unshareAll, .drop:
      // Live buffers of the pool are dead from here on.
      state = .closed
      isDropped = isDropped || call == .drop
      live.removeAll { !$0.isHeap }
      pool.removeAll()
    default: break
    }
  }

  /// Adopts what a call answered, as far as it is possible at all.
  public func end(_ outcome: Outcome, other: Outcome?) {
    self.outcome = outcome
    self.otherOutcome = other
    guard case .call(let call) = action else { return }
    // A region with a granule in doubt is kept for quarantine and never reaches the pool.
    for region in record.regionsTaken
    where !uncertain.overlaps(region) && !refused.contains(region) {
      pool.add(region)
    }
    switch outcome {
    case .address(let address, _): adopt(address, from: call)
    case .done: adoptDone(call)
    case .skipped, .unshared, .unmapped, .failed, .refused, .halted: break
    }
    // Every command ends with its granules cleared or quarantined.
    for range in uncertain.ranges { quarantined.insert(range) }
    uncertain.removeAll()
    if judgesCalls { protocolCalls.end() }
    if case .unmapped = outcome { mapped.clear() }
  }

  /// Notes what a call in the middle of the command answered.
  public func note(nested outcome: Outcome, events: Int) {
    record.nested.append(CommandEffects.NestedCall(outcome: outcome, events: events))
  }

  /// The size of the block that a call asks of the pool, and whether the pool has it.
  private func noteRequest(of call: GuestCall) {
    guard record.faults.isEmpty else { return }
    switch call {
    case .allocateShared(let size, let alignment):
      record.poolRequest = pool.blockSize(size, alignment)
    case .dmaAlloc(let pages, _): record.poolRequest = pool.blockSize(pages * 4096, 4096)
    case .share(let buffer, _): record.poolRequest = pool.blockSize(buffer.size, 16)
    default: return
    }
    // A buddy's block is aligned to its size, whatever was asked.
    guard let block = record.poolRequest else { return }
    record.poolCouldServe = pool.canServe(block, block)
    if backing != .fixed, !record.poolCouldServe {
      record.recordLack = recordLack(of: backing == .dynamic ? max(block, granule) : block)
    }
  }

  /// What the storage for records lacks where a region of this size is to be recorded (spec §3.10).
  private func recordLack(of region: UInt64) -> (needed: UInt64, available: UInt64)? {
    let capacity = storage.records / 8 * 8
    let used = regions.reduce(0) { $0 + recordSize(of: $1.size) }
    let available = capacity - min(used, capacity)
    let needed = recordSize(of: region)
    return needed > available ? (needed, available) : nil
  }

  private func recordSize(of region: UInt64) -> UInt64 {
    storage.recordSize(backing == .dynamic ? region / configuration.granule : 0)
  }

  private var granule: UInt64 { configuration.granule }

  private func adopt(_ address: PhysicalAddress, from call: GuestCall) {
    guard let command = step?.command, let made = holding(address, from: call) else { return }
    record.made = made
    if made.isHeap {
      record.expectedPlace = heap.place(made.block, made.alignment)
      heap.take(made.blockBytes)
    } else {
      record.expectedPlace = pool.place(made.block, made.alignment)
      pool.take(made.blockBytes)
    }
    live.append(made)
    if let slot = command.madeSlot { slots[slot.index] = made }
  }

  private func holding(_ address: PhysicalAddress, from call: GuestCall) -> Holding? {
    switch call {
    case .allocateShared(let size, let alignment):
      return Holding(
        kind: .shared, address: address, size: size, alignment: alignment,
        block: pool.blockSize(size, alignment) ?? size)
    case .dmaAlloc(let pages, _):
      let size = pages &* 4096
      return Holding(
        kind: .dma(pages: pages), address: address, size: size, alignment: 4096,
        block: pool.blockSize(size, 4096) ?? size)
    case .share(let buffer, let direction):
      return Holding(
        kind: .bounce(buffer, direction), address: address, size: buffer.size, alignment: 16,
        block: pool.blockSize(buffer.size, 16) ?? buffer.size)
    case .heapAllocate(let size, let alignment, _):
      return Holding(
        kind: .heap, address: address, size: size, alignment: alignment,
        block: heap.blockSize(size, alignment) ?? size)
    default: return nil
    }
  }

  private func adoptDone(_ call: GuestCall) {
    if let freed = freedBlock(by: call) { return adoptFree(freed) }
    switch call {
    case .initialise:
      state = .open
      if backing == .fixed { pool.add(configuration.staticRange) }
    case .mapMMIO(let range): mapped.append(range)
    case .heapAdd(let start, let size):
      // A wrong range that is taken another check sees.
      guard let range = try? AddressRange(start: PhysicalAddress(start), size: size) else { return }
      heap.add(range)
      heapEnd = max(heapEnd, wholeBlocksEnd(range.end.rawValue))
    default: break
    }
  }

  /// The block that a call wants freed, whether it is live or not.
  private func freedBlock(by call: GuestCall) -> FreedBlock? {
    switch call {
    case .deallocateShared(let address, let size, let alignment):
      FreedBlock(address: address, block: pool.blockSize(size, alignment), isHeap: false)
    case .dmaDealloc(let address, let pages):
      FreedBlock(address: address, block: pool.blockSize(pages &* 4096, 4096), isHeap: false)
    case .unshare(let address, let buffer, _):
      FreedBlock(address: address, block: pool.blockSize(buffer.size, 16), isHeap: false)
    case .heapDeallocate(let address, let size, let alignment):
      FreedBlock(address: address, block: heap.blockSize(size, alignment), isHeap: true)
    default: nil
    }
  }

  private func adoptFree(_ block: FreedBlock) {
    guard let index = live.firstIndex(where: { block.matches($0) }) else { return }
    let freed = live.remove(at: index)
    record.freed = freed
    if freed.isHeap {
      heap.give(freed.blockBytes)
      record.merges = heap.merges(of: freed.blockBytes)
    } else {
      pool.give(freed.blockBytes)
      // A system that gives regions back with their buffers has them no longer.
      for region in record.regionsReturned where !regions.contains(where: region.overlaps) {
        pool.take(region)
      }
      record.merges = pool.merges(of: freed.blockBytes)
    }
  }

  /// The physical address of a driver's buffer.
  public func physical(_ buffer: GuestBuffer) -> PhysicalAddress {
    PhysicalAddress(buffer.address.rawValue &- configuration.virtualOffset)
  }

  /// What lies in some bytes, counted from their start.
  public func content(_ address: PhysicalAddress, _ size: UInt64) -> [CommandEffects.Content] {
    var content: [CommandEffects.Content] = []
    memory.forEachRun(in: AddressRange(uncheckedStart: address.rawValue, size: size)) {
      content.append(
        CommandEffects.Content(
          offset: $0.start.rawValue - address.rawValue, size: $0.size, origin: $1))
    }
    return content
  }
}

/// What a call names when it frees.
private struct FreedBlock {
  let address: PhysicalAddress
  let block: UInt64?
  let isHeap: Bool

  func matches(_ held: Holding) -> Bool {
    held.isHeap == isHeap && held.address == address && held.block == block
  }
}
