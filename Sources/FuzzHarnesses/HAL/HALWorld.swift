import MemorySharing
import PropertyTesting

/// What drivers send: no byte of it is 0 or the canary.
private let driverBytes = (0..<4200).map { number in
  let byte = UInt8(truncatingIfNeeded: number * 7) | 1
  return byte == Canary.byte ? 1 : byte
}

/// A pool over real bytes, with a driver on one side and a device on the other.
struct HALWorld<Pool: SharingPool & ~Copyable>: ~Copyable {
  let memory: ByteMemory
  let device: DeviceConduit
  let arena: TestHeap<ByteMemory>
  private var pool: Pool
  private var live: [LiveBuffer] = []
  private var pages = Slots<LiveBuffer>()
  private var bounces = Slots<LiveBuffer>()
  private var heapSlots = Slots<NaiveBlocks.Held>()
  private(set) var isClosed = false
  private let dirt: Dirt

  /// Whether a region went back to the heap as the device left it.
  private final class Dirt {
    var evidence: String?
  }

  init(_ settings: HALSettings, _ make: HALFactory<Pool>) {
    let memory = ByteMemory(offset: settings.offset)
    let device = DeviceConduit(memory, granule: settings.granule, isFixed: settings.isFixed)
    let arena = TestHeap(
      ByteMemory.arena, covering: settings.isFixed ? ByteMemory.fixed : ByteMemory.arena,
      memory: memory, recordBytes: 2048)
    let dirt = Dirt()
    arena.observe = { event in
      guard case .gaveBack(let region) = event, !memory.isFilled(region, with: 0) else { return }
      dirt.evidence = "\(region) went back to the heap and is not zero"
    }
    memory.fill(ByteMemory.driver, with: Canary.byte)
    let hypervisor =
      (try? HALHypervisor.detect(through: device)) ?? .plainKVM(PlainKVM(conduit: device))
    pool = make(hypervisor, arena)
    var map = MemoryMap(memory: ByteMemory.all)
    try? pool.initialise(
      for: hypervisor.sharingSupport,
      staticRange: (ByteMemory.fixed.start.rawValue, ByteMemory.fixed.size), in: &map)
    self.memory = memory
    self.device = device
    self.arena = arena
    self.dirt = dirt
  }

  /// What is wrong with memory, whatever was called.
  func evidence() -> String? {
    if let evidence = memory.violation ?? device.violation ?? dirt.evidence { return evidence }
    let leak = device.reachable.first { memory.holds(Canary.byte, in: $0) }
    return leak.map { "the device reads a private byte in \($0)" }
  }

  // MARK: DMA

  mutating func dmaAlloc(
    _ slot: Slot, pages: UInt64, _ direction: BufferDirection
  ) -> CheckedAnswer<Outcome<UInt64>> {
    judged { world in
      let outcome = Outcome { () throws(ShareError) in
        try world.pool.dmaAlloc(pages: pages, direction: direction)
      }
      guard let buffer = outcome.value else {
        return (outcome.map(\.physical.rawValue), pages == 0 ? .sizeIsZero : nil, nil)
      }
      let address = buffer.physical.rawValue
      let isUsable = pages > 0 && pages < 16
      let live = LiveBuffer(address: address, size: isUsable ? pages * 4096 : 4096, alignment: 4096)
      let range = AddressRange(uncheckedStart: address, size: live.size)
      var evidence: String?
      if !world.memory.isFilled(range, with: 0) { evidence = "the pages are not zero" }
      if buffer.virtual.rawValue != address &+ world.memory.offset {
        evidence = "the driver is told \(buffer.virtual.rawValue)"
      }
      evidence = world.evidence(against: live, alignment: 4096) ?? evidence
      if !isUsable { evidence = "there are no such pages" }
      world.live.append(live)
      world.pages[slot] = live
      return (outcome.map(\.physical.rawValue), nil, evidence)
    }
  }

  mutating func dmaDealloc(_ slot: Slot, _ mistake: HALMistake) -> CheckedAnswer<Outcome<UInt64>> {
    let held = pages[slot]
    let address = mistake.address(held?.address ?? ByteMemory.arena.start.rawValue, by: 4096)
    let pages = mistake.size((held?.size ?? 4096) / 4096, by: 2)
    return ending(address, size: pages &* 4096, alignment: 4096) { world throws(ShareError) in
      try world.pool.dmaDealloc(PhysicalAddress(address), pages: pages)
    }
  }

  // MARK: Bounce buffers

  mutating func share(
    _ slot: Slot, size: UInt64, _ direction: BufferDirection, seed: UInt8
  ) -> CheckedAnswer<Outcome<UInt64>> {
    let buffer = buffer(slot, size)
    let sent = Array(driverBytes.dropFirst(Int(seed)).prefix(Int(min(size, 4097))))
    memory.write(sent, at: start(of: slot))
    return judged { world in
      let outcome = Outcome { () throws(ShareError) in
        try world.pool.share(buffer, direction: direction).rawValue
      }
      guard let address = outcome.value else {
        return (outcome, size == 0 ? .sizeIsZero : nil, nil)
      }
      let isUsable = size > 0 && size <= 4097
      let live = LiveBuffer(address: address, size: isUsable ? size : 1, alignment: 16)
      var evidence: String?
      let seen = world.memory.read(address, live.size)
      let wanted = direction == .deviceToDriver ? sent.map { _ in 0 } : sent
      if isUsable, seen != wanted {
        evidence = "the device sees other bytes than \(direction) says"
      }
      if isUsable, world.memory.read(world.start(of: slot), size) != sent {
        evidence = "the driver's buffer has changed"
      }
      evidence = world.evidence(against: live, alignment: 16) ?? evidence
      if !isUsable { evidence = "there is no such buffer" }
      world.live.append(live)
      world.bounces[slot] = live
      return (outcome, nil, evidence)
    }
  }

  mutating func unshare(
    _ slot: Slot, _ direction: BufferDirection, _ mistake: HALMistake
  ) -> CheckedAnswer<Outcome<UInt64>> {
    let held = bounces[slot]
    let address = mistake.address(held?.address ?? ByteMemory.arena.start.rawValue, by: 16)
    let size = mistake.size(held?.size ?? 16, by: 4)
    // A wrong size that fits another live buffer would hand over memory that is not the driver's.
    guard size <= 4097 || !isLive(address, size, 16) else {
      return CheckedAnswer(answer: .served(address), evidence: nil)
    }
    let buffer = buffer(slot, size)
    let own = min(size, 4097)
    let before = memory.read(start(of: slot), own)
    let written = isLive(address, size, 16) ? memory.read(address, own) : []
    var judged = ending(address, size: size, alignment: 16) { world throws(ShareError) in
      try world.pool.unshare(PhysicalAddress(address), buffer, direction: direction)
    }
    if judged.answer.value != nil, size <= 4097 {
      let wanted = direction == .driverToDevice ? before : written
      if memory.read(start(of: slot), own) != wanted {
        judged = CheckedAnswer(
          answer: judged.answer, evidence: "the driver has other bytes than \(direction) says")
      }
    }
    if judged.evidence == nil, let evidence = evidence(around: slot, own) {
      judged = CheckedAnswer(answer: judged.answer, evidence: evidence)
    }
    return judged
  }

  mutating func unshareAll() -> CheckedAnswer<Outcome<UInt64>> {
    let report = pool.unshareAll()
    let isFirst = !isClosed
    isClosed = true
    live.removeAll()
    var evidence: String?
    if !device.isFixed, !device.reachable.isEmpty { evidence = "the device still reaches memory" }
    if report.granulesQuarantined > 0 { evidence = "an honest hypervisor took everything back" }
    if !isFirst, !report.isEmpty { evidence = "there was nothing to do" }
    return CheckedAnswer(answer: .served(report.regionsReturned), evidence: evidence)
  }

  // MARK: The heap's other users, and the device

  mutating func heapAllocate(_ slot: Slot, _ size: UInt64) -> CheckedAnswer<Outcome<UInt64>> {
    let layout = Layout(uncheckedSize: size, alignment: 1)
    let outcome = Outcome { () throws(ShareError) in try arena.allocate(layout).rawValue }
    if let address = outcome.value {
      memory.fill(
        AddressRange(uncheckedStart: address, size: size), with: Canary.byte)
      heapSlots[slot] = NaiveBlocks.Held(address: address, layout: layout)
    }
    return CheckedAnswer(answer: outcome, evidence: nil)
  }

  /// Frees a block as it is: the heap's memory is dirty.
  mutating func heapFree(_ slot: Slot) -> CheckedAnswer<Outcome<UInt64>> {
    guard let held = heapSlots[slot] else {
      return CheckedAnswer(answer: .served(0), evidence: nil)
    }
    heapSlots[slot] = nil
    let range = AddressRange(uncheckedStart: held.address, size: held.layout.size)
    let isWhole = memory.isFilled(range, with: Canary.byte)
    try? arena.release(PhysicalAddress(held.address), held.layout)
    return CheckedAnswer(
      answer: .served(held.address), evidence: isWhole ? nil : "private memory has changed")
  }
}

extension HALWorld where Pool: ~Copyable {
  /// Makes a call; one that is refused must name the fault and change nothing.
  private mutating func judged(
    _ call: (inout HALWorld) -> (Outcome<UInt64>, fault: ShareError?, evidence: String?)
  ) -> CheckedAnswer<Outcome<UInt64>> {
    let free = freeBlocks
    let result = call(&self)
    var evidence = result.evidence
    if let error = result.0.error {
      if free != freeBlocks { evidence = "it was refused, and changed the heap" }
      if let fault = result.fault, !isClosed, error != fault { evidence = "it should be \(fault)" }
    }
    if isClosed, result.0 != .refused(.closed) { evidence = "the pool is closed" }
    return CheckedAnswer(answer: result.0, evidence: evidence)
  }

  /// Ends a buffer; what is none is refused, and then no byte changes.
  private mutating func ending(
    _ address: UInt64, size: UInt64, alignment: UInt64,
    _ call: (inout HALWorld) throws(ShareError) -> Void
  ) -> CheckedAnswer<Outcome<UInt64>> {
    let isRight = isLive(address, size, alignment)
    let (free, reachable) = (freeBlocks, device.reachable)
    if !isRight { memory.remember() }
    let outcome = Outcome { () throws(ShareError) in
      try call(&self)
      return address
    }
    var evidence: String?
    if isClosed {
      if outcome != .refused(.closed) { evidence = "the pool is closed" }
    } else if isRight != (outcome.value != nil) {
      evidence = isRight ? "it is such a buffer" : "it is no such buffer"
    }
    if !isRight, !memory.isAsRemembered { evidence = "it has changed memory" }
    if free != freeBlocks || reachable != device.reachable { evidence = "it has changed the heap" }
    live.removeAll { isRight && $0.address == address }
    return CheckedAnswer(answer: outcome, evidence: evidence)
  }

  private func isLive(_ address: UInt64, _ size: UInt64, _ alignment: UInt64) -> Bool {
    size > 0
      && live.contains {
        $0.address == address && $0.block == LiveBuffer.block(size, alignment)
      }
  }

  /// What is wrong with where a new buffer lies.
  private func evidence(against new: LiveBuffer, alignment: UInt64) -> String? {
    let range = AddressRange(uncheckedStart: new.address, size: new.size)
    if new.address % alignment != 0 { return "it is not aligned" }
    if !device.reaches(range) { return "the device does not reach it" }
    let other = live.first {
      range.overlaps(AddressRange(uncheckedStart: $0.address, size: $0.size))
    }
    return other.map { "it overlaps \($0)" }
  }

  /// What is wrong with the private bytes on both sides of a driver's buffer.
  private func evidence(around slot: Slot, _ size: UInt64) -> String? {
    let (first, start) = (area(of: slot), start(of: slot))
    let end = start + max(size, 4097)
    let sides = [
      AddressRange(uncheckedStart: first, size: start - first),
      AddressRange(uncheckedStart: end, size: first + 3 * 4096 - end),
    ]
    return sides.allSatisfy { memory.isFilled($0, with: Canary.byte) }
      ? nil : "private bytes beside the driver's buffer have changed"
  }

  /// The driver's own memory for a slot: three pages, its buffer in the middle, off every
  /// alignment.
  private func area(of slot: Slot) -> UInt64 {
    ByteMemory.driver.start.rawValue + UInt64(slot.number) * 3 * 4096
  }

  private func start(of slot: Slot) -> UInt64 { area(of: slot) + 4096 + UInt64(slot.number) }

  private func buffer(_ slot: Slot, _ size: UInt64) -> GuestBuffer {
    GuestBuffer(
      address: memory.virtualAddress(of: PhysicalAddress(start(of: slot))), size: size)
  }

  private var freeBlocks: [NaiveBlocks.Block] {
    var result: [NaiveBlocks.Block] = []
    arena.forEachFreeBlock { address, order in
      result.append(NaiveBlocks.Block(order: order, address: address.rawValue))
    }
    return result
  }
}
