import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Another implementation of the specification, as simple as can be, that shares no code with the
/// core but the MMIO guard and the detection of the hypervisor: every buffer gets a region of its
/// own, which is shared when it is made and taken back when it is freed. It pools nothing, places
/// first-fit, and shows nothing of itself.
final class NaiveSystem: SharingAdapter {
  private enum State { case uninitialised, open, closed }

  /// A buffer with the region that was shared for it; no region where the range was shared before.
  private struct Buffer {
    let block: AddressRange
    let region: AddressRange?
  }

  private var freeMemory: FirstFit
  private var state = State.uninitialised
  private var granule: UInt64 = 1
  /// Blocks of the static range, where there is one.
  private var range: FirstFit
  private var buffers: [Buffer] = []
  /// Regions that hold a granule which could not be taken back.
  private var keptRegions: [AddressRange] = []
  private var quarantined: [AddressRange] = []

  init(_ machine: Machine) throws(ShareError) {
    let configuration = machine.configuration
    let minimum = configuration.minimumBlock
    freeMemory = FirstFit(
      minimum: minimum, largest: configuration.heapTop, rule: configuration.heapRule)
    range = FirstFit(minimum: minimum, largest: configuration.poolTop)
    // Nothing lies at address 0.
    let arena = configuration.arenaAtStart
    freeMemory.manage(from: arena.start.rawValue == 0 ? 4096 : arena.start.rawValue, to: arena.end)
    try super.init(machine, using: .hypervisor)
  }

  deinit { _ = takeAllBack() }

  override func initialise(_ kind: Initialisation, staticRange: StaticRange?) throws {
    try open(kind, staticRange)
  }

  override func allocateShared(size: UInt64, alignment: UInt64) throws -> PhysicalAddress {
    try allocate(size, alignment).start
  }

  override func deallocateShared(
    _ address: PhysicalAddress, size: UInt64, alignment: UInt64
  ) throws {
    try checkOpen()
    try release(try buffer(address, size, alignment))
  }

  override func dmaAlloc(pages: UInt64, _ direction: BufferDirection) throws -> DMABuffer {
    try checkOpen()
    let layout = try Layout(pages: pages)
    let block = try allocate(layout.size, layout.alignment)
    machine.memory.zero(AddressRange(block.start.rawValue, layout.size))
    return DMABuffer(
      physical: block.start, virtual: machine.memory.virtualAddress(of: block.start))
  }

  override func dmaDealloc(_ address: PhysicalAddress, pages: UInt64) throws {
    try checkOpen()
    let layout = try Layout(pages: pages)
    try release(try buffer(address, layout.size, layout.alignment))
  }

  override func share(
    _ buffer: GuestBuffer, _ direction: BufferDirection
  ) throws -> PhysicalAddress {
    try checkOpen()
    let source = try driverBytes(buffer)
    let bounce = try allocate(buffer.size, 16).start
    if direction == .deviceToDriver {
      machine.memory.zero(AddressRange(bounce.rawValue, buffer.size))
    } else {
      machine.memory.copy(from: source.start, to: bounce, size: buffer.size)
    }
    return bounce
  }

  override func unshare(
    _ address: PhysicalAddress, _ driver: GuestBuffer, _ direction: BufferDirection
  ) throws {
    try checkOpen()
    let destination = try driverBytes(driver)
    let index = try buffer(address, driver.size, 16)
    if direction != .driverToDevice {
      machine.memory.copy(from: address, to: destination.start, size: driver.size)
    }
    try release(index)
  }

  override func unshareAll() throws -> UnshareReport { takeAllBack() }

  override func heapAllocate(
    size: UInt64, alignment: UInt64, zeroed: Bool
  ) throws -> PhysicalAddress {
    let block = try freeMemory.allocate(size, alignment)
    if zeroed { machine.memory.zero(AddressRange(block.start.rawValue, size)) }
    return block.start
  }

  override func heapDeallocate(
    _ address: PhysicalAddress, size: UInt64, alignment: UInt64
  ) throws {
    try freeMemory.deallocate(address, size, alignment)
  }

  override func heapAdd(start: UInt64, size: UInt64) throws {
    let range = try AddressRange(start: PhysicalAddress(start), size: size)
    try freeMemory.grow(by: range, within: machine.configuration.arena)
  }
}

extension AddressRange {
  /// A range that is one by what has been checked before.
  fileprivate init(_ start: UInt64, _ size: UInt64) {
    do throws(ShareError) {
      try self.init(start: PhysicalAddress(start), size: size)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

// MARK: The pool

extension NaiveSystem {
  private func checkOpen() throws(ShareError) {
    switch state {
    case .uninitialised: throw .uninitialised
    case .open: return
    case .closed: throw .closed
    }
  }

  private var sharing: SharingSupport { hypervisor.sharingSupport }

  private func open(_ kind: Initialisation, _ range: StaticRange?) throws(ShareError) {
    if state == .open { throw .alreadyInitialised }
    if state == .closed { throw .closed }
    switch sharing {
    case .onDemand:
      let answer = Int64(bitPattern: hypercall(0xC600_0002, 0))
      guard answer > 0 else {
        throw .hypercallFailed(function: 0xC600_0002, address: 0, answer: answer)
      }
      guard answer.nonzeroBitCount == 1 else { throw .granuleIsNotAPowerOfTwo(UInt64(answer)) }
      granule = UInt64(answer)
    case .beforeBoot:
      guard let range else { throw .noStaticRange }
      let checked = try AddressRange(start: PhysicalAddress(range.start), size: range.size)
      guard range.start % 4096 == 0, range.size % 4096 == 0 else {
        throw .rangeIsMisaligned(checked)
      }
      if range.start == 0 { throw .rangeHoldsAddressZero(checked) }
      if kind == .crowdedMap { throw .tooManyRegions }
      if checked.overlaps(machine.configuration.arena) { throw .rangeOverlaps(checked) }
      guard machine.memoryMap.memory.contains(checked) else { throw .rangeIsOutside(checked) }
      guard self.range.holdsBlock(checked) else { throw .rangeIsEmpty(start: checked.start) }
      self.range.manage(from: range.start, to: checked.end)
    case .none: break
    }
    state = .open
  }

  private func allocate(_ size: UInt64, _ alignment: UInt64) throws(ShareError) -> AddressRange {
    try checkOpen()
    let block = try range.block(size, alignment)
    if sharing == .beforeBoot {
      let served = try range.allocate(size, alignment)
      buffers.append(Buffer(block: served, region: nil))
      return served
    }
    let region = try takeRegion(max(block, granule))
    if sharing == .onDemand { try share(region) }
    let served = AddressRange(region.start.rawValue, block)
    buffers.append(Buffer(block: served, region: region))
    return served
  }

  /// The place of a buffer that a caller gives back.
  private func buffer(
    _ address: PhysicalAddress, _ size: UInt64, _ alignment: UInt64
  ) throws(ShareError) -> Int {
    let block = try range.wellFormedBlock(size, alignment)
    guard let index = buffers.firstIndex(where: { $0.block.start == address }) else {
      throw .notAllocated(address)
    }
    guard buffers[index].block.size == block else { throw .allocatedWithAnotherLayout(address) }
    return index
  }

  private func release(_ index: Int) throws(ShareError) {
    let buffer = buffers.remove(at: index)
    guard let region = buffer.region else {
      return try range.deallocate(buffer.block.start, buffer.block.size, 1)
    }
    var report = UnshareReport()
    takeBack(region, &report)
  }

  private func takeAllBack() -> UnshareReport {
    var report = UnshareReport()
    guard state != .closed else { return report }
    state = .closed
    report.regionsKept = UInt64(keptRegions.count)
    for buffer in buffers.reversed() {
      if let region = buffer.region { takeBack(region, &report) }
    }
    buffers.removeAll()
    report.granulesQuarantined = UInt64(quarantined.count)
    return report
  }

  private func driverBytes(_ buffer: GuestBuffer) throws(ShareError) -> AddressRange {
    if buffer.size == 0 { throw .sizeIsZero }
    return try AddressRange(
      start: machine.memory.physicalAddress(of: buffer.address), size: buffer.size)
  }
}

// MARK: Regions and granules

extension NaiveSystem {
  private func hypercall(_ function: UInt64, _ address: UInt64) -> UInt64 {
    machine.monitor.call(HypercallRegisters(function, address, 0, 0)).x0
  }

  private func shareGranule(_ granule: AddressRange) -> UInt64 {
    hypercall(0xC600_0003, granule.start.rawValue)
  }

  private func unshareGranule(_ granule: AddressRange) -> Bool {
    hypercall(0xC600_0004, granule.start.rawValue) == 0
  }

  private func granules(of region: AddressRange) -> [AddressRange] {
    stride(from: region.start.rawValue, to: region.end.rawValue, by: Int(granule)).map {
      AddressRange($0, granule)
    }
  }

  /// A zeroed region of the heap.
  private func takeRegion(_ size: UInt64) throws(ShareError) -> AddressRange {
    let region: AddressRange
    if machine.heapFaults.allocations.refusesNext() {
      let layout = try Layout(size: size, alignment: size)
      machine.events.send(.heapRefused(layout, onPurpose: true))
      throw .exhausted(layout)
    }
    do throws(ShareError) {
      region = try freeMemory.allocate(size, size)
    } catch {
      let layout = try Layout(size: size, alignment: size)
      machine.events.send(.heapRefused(layout, onPurpose: false))
      throw .exhausted(layout)
    }
    machine.memory.zero(region)
    machine.events.send(.heapAllocated(region, alignment: region.size))
    return region
  }

  private func share(_ region: AddressRange) throws(ShareError) {
    var shared: [AddressRange] = []
    for granule in granules(of: region) {
      let answer = shareGranule(granule)
      if answer == 0 {
        shared.append(granule)
        continue
      }
      // It may be shared all the same: only an UNSHARE that answers 0 tells.
      let isPrivate = unshareGranule(granule) || probe(granule)
      var isWhole = isPrivate
      if !isPrivate { quarantined.append(granule) }
      for granule in shared where !unshareGranule(granule) {
        quarantined.append(granule)
        isWhole = false
      }
      giveBack(region, isWhole: isWhole)
      throw .hypercallFailed(
        function: 0xC600_0003, address: granule.start.rawValue, answer: Int64(bitPattern: answer))
    }
  }

  /// Whether sharing a granule once more, as zeros, and taking it back shows that it is private.
  private func probe(_ granule: AddressRange) -> Bool {
    machine.memory.zero(granule)
    return shareGranule(granule) == 0 && unshareGranule(granule)
  }

  private func takeBack(_ region: AddressRange, _ report: inout UnshareReport) {
    var isWhole = true
    if sharing == .onDemand {
      for granule in granules(of: region) {
        if unshareGranule(granule) {
          report.granulesUnshared += 1
        } else {
          quarantined.append(granule)
          isWhole = false
        }
      }
    }
    giveBack(region, isWhole: isWhole)
    if isWhole { report.regionsReturned += 1 } else { report.regionsKept += 1 }
  }

  /// Scrubs what is private, and lets the heap have the region if that is all of it.
  private func giveBack(_ region: AddressRange, isWhole: Bool) {
    guard isWhole else {
      for granule in granules(of: region) where !quarantined.contains(granule) {
        machine.memory.zero(granule)
      }
      return keptRegions.append(region)
    }
    machine.memory.zero(region)
    try? freeMemory.deallocate(region.start, region.size, 1)
    machine.events.send(.heapFreed(region, alignment: region.size))
  }
}

// MARK: Blocks

/// Blocks of one range, as a list of those in use: the lowest address that fits is taken. The rule
/// says what a block is, and not where it lies.
private struct FirstFit {
  let minimum: UInt64
  let largest: UInt64
  let rule: PlacementRule
  private var start: UInt64 = 0
  private var end: UInt64 = 0
  /// Blocks in use, ascending.
  private var used: [AddressRange] = []

  init(minimum: UInt64, largest: UInt64, rule: PlacementRule = .buddy) {
    self.minimum = minimum
    self.largest = largest
    self.rule = rule
  }

  mutating func manage(from start: UInt64, to end: PhysicalAddress) {
    self.start = start
    self.end = end.rawValue
  }

  /// Whether a whole smallest block lies in a range.
  func holdsBlock(_ range: AddressRange) -> Bool {
    (range.start.rawValue + minimum - 1) / minimum < range.end.rawValue / minimum
  }

  /// Takes the range after the one that it manages, of which whole smallest blocks count.
  mutating func grow(by range: AddressRange, within arena: AddressRange) throws(ShareError) {
    let first = (range.start.rawValue + minimum - 1) / minimum * minimum
    let last = range.end.rawValue / minimum * minimum
    guard first < last else { throw .rangeIsEmpty(start: range.start) }
    guard arena.start.rawValue <= first, last <= arena.end.rawValue else {
      throw .rangeIsOutside(range)
    }
    guard first >= end / minimum * minimum else { throw .rangeOverlaps(range) }
    end = last
  }

  /// The size of the block for a layout.
  func block(_ size: UInt64, _ alignment: UInt64) throws(ShareError) -> UInt64 {
    let block = try wellFormedBlock(size, alignment)
    guard let block else { throw .sizeOverflows(size) }
    guard block <= largest else {
      throw .largerThanTheTopOrder(try Layout(size: size, alignment: alignment))
    }
    return block
  }

  /// The same without the limit; nil where it does not fit in 64 bits.
  func wellFormedBlock(_ size: UInt64, _ alignment: UInt64) throws(ShareError) -> UInt64? {
    if size == 0 { throw .sizeIsZero }
    if alignment.nonzeroBitCount != 1 { throw .alignmentIsNotAPowerOfTwo(alignment) }
    if rule == .firstFit {
      let (sum, overflow) = size.addingReportingOverflow(minimum - 1)
      return overflow ? nil : sum / minimum * minimum
    }
    let least = max(size, alignment, minimum)
    if least > 1 << 63 { return nil }
    return least.nonzeroBitCount == 1 ? least : 1 << UInt64(64 - least.leadingZeroBitCount)
  }

  mutating func allocate(_ size: UInt64, _ alignment: UInt64) throws(ShareError) -> AddressRange {
    let block = try block(size, alignment)
    let unit = rule == .buddy ? block : max(alignment, minimum)
    var address = start
    for index in 0...used.count {
      // Up to a multiple of the unit, behind the block before.
      let (sum, overflow) = address.addingReportingOverflow(unit - 1)
      if overflow { break }
      let candidate = sum / unit * unit
      let limit = index < used.count ? used[index].start.rawValue : end
      if candidate < limit, limit - candidate >= block, end - candidate >= block {
        let range = AddressRange(candidate, block)
        used.insert(range, at: index)
        return range
      }
      if index < used.count { address = used[index].end.rawValue }
    }
    throw .exhausted(try Layout(size: size, alignment: alignment))
  }

  mutating func deallocate(
    _ address: PhysicalAddress, _ size: UInt64, _ alignment: UInt64
  ) throws(ShareError) {
    let block = try wellFormedBlock(size, alignment)
    guard let index = used.firstIndex(where: { $0.start == address }) else {
      throw .notAllocated(address)
    }
    guard used[index].size == block else { throw .allocatedWithAnotherLayout(address) }
    used.remove(at: index)
  }
}
