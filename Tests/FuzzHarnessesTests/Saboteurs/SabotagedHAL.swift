import FuzzHarnesses
import MemorySharing

/// The core's HAL with one thing wrong.
struct SabotagedHAL: SharingPool, ~Copyable {
  enum Sabotage: CaseIterable {
    case copiesBackWhatWasSent, copiesNothingBack, sendsNothing, sendsToo
    case leavesPagesDirty, leavesBouncesDirty, sharesDirtyMemory, returnsDirtyMemory
    case sendsAByteMore, copiesBackAByteMore
    case ignoresWrongEnds, copiesBackBeforeItChecks, sharesInPlace, servesUnaligned
    case allocatesBeforeItChecks, servesTwice, isSteered, servesWhenClosed, sharesAfterTeardown
    case tellsThePhysicalAddress, servesNothing, clearsWhatItSent, spoilsTheHeap
    case refusesToEnd, closesLoosely, refillsToEnd

    /// Part of what the machine must say of it.
    var evidence: String {
      switch self {
      case .copiesBackWhatWasSent: "the driver has other bytes than driverToDevice says"
      case .copiesNothingBack: "the driver has other bytes than"
      case .sendsNothing: "the device sees other bytes than"
      case .sendsToo, .leavesBouncesDirty: "the device sees other bytes than deviceToDriver says"
      case .leavesPagesDirty: "the pages are not zero"
      case .sharesDirtyMemory: "is shared and not zero"
      case .returnsDirtyMemory: "went back to the heap and is not zero"
      case .sendsAByteMore: "the device reads a private byte"
      case .copiesBackAByteMore: "beside the driver's buffer"
      case .ignoresWrongEnds: "it is no such buffer"
      case .copiesBackBeforeItChecks: "it has changed memory"
      case .sharesInPlace: "the device does not reach it"
      case .servesUnaligned: "it is not aligned"
      case .allocatesBeforeItChecks: "changed the heap"
      case .servesTwice: "it overlaps"
      case .isSteered: "where the device writes something else"
      case .servesWhenClosed: "the pool is closed"
      case .sharesAfterTeardown: "the device still reaches memory"
      case .tellsThePhysicalAddress: "the driver is told"
      case .servesNothing: "there is no such buffer"
      case .clearsWhatItSent: "the driver's buffer has changed"
      case .spoilsTheHeap: "private memory has changed"
      case .refusesToEnd: "it is such a buffer"
      case .refillsToEnd: "it has changed the heap"
      case .closesLoosely: "there was nothing to do"
      }
    }
  }

  private var base: CorePool<HALHypervisor, ByteMemory>
  private let hypervisor: HALHypervisor
  private let arena: TestHeap<ByteMemory>
  private let sabotage: Sabotage
  private var last: PhysicalAddress?

  init(_ hypervisor: HALHypervisor, _ arena: TestHeap<ByteMemory>, _ sabotage: Sabotage) {
    arena.memory.forgetsToZero =
      sabotage == .sharesDirtyMemory || sabotage == .returnsDirtyMemory
    base = arena.pool(hypervisor)
    self.hypervisor = hypervisor
    self.arena = arena
    self.sabotage = sabotage
  }

  mutating func initialise(
    for support: SharingSupport, staticRange: (start: UInt64, size: UInt64)?,
    in map: inout MemoryMap
  ) throws(ShareError) {
    try base.initialise(for: support, staticRange: staticRange, in: &map)
  }

  mutating func allocateShared(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    try base.allocateShared(layout)
  }

  mutating func deallocateShared(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    try base.deallocateShared(address, layout)
  }

  mutating func unshareAll() -> UnshareReport {
    let report = base.unshareAll()
    if sabotage == .closesLoosely {
      var again = report
      again.regionsKept += 1
      return again
    }
    if sabotage == .sharesAfterTeardown { try? hypervisor.share(arena.window.start) }
    return report
  }

  mutating func dmaAlloc(
    pages: UInt64, direction: BufferDirection
  ) throws(ShareError) -> DMABuffer {
    switch sabotage {
    case .leavesPagesDirty:
      let address = try base.allocateShared(Layout(size: pages &* 4096, alignment: 4096))
      return DMABuffer(physical: address, virtual: arena.memory.virtualAddress(of: address))
    case .tellsThePhysicalAddress:
      let address = try base.dmaAlloc(pages: pages, direction: direction).physical
      return DMABuffer(physical: address, virtual: VirtualAddress(address.rawValue))
    case .servesUnaligned:
      let address = try base.dmaAlloc(pages: pages, direction: direction).physical
      let moved = PhysicalAddress(address.rawValue + 64)
      return DMABuffer(physical: moved, virtual: arena.memory.virtualAddress(of: moved))
    default: return try base.dmaAlloc(pages: pages, direction: direction)
    }
  }

  mutating func dmaDealloc(_ address: PhysicalAddress, pages: UInt64) throws(ShareError) {
    do throws(ShareError) {
      try base.dmaDealloc(address, pages: pages)
    } catch {
      if sabotage != .ignoresWrongEnds { throw error }
    }
  }

  mutating func share(
    _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) -> PhysicalAddress {
    switch sabotage {
    case .sendsNothing: return try base.share(buffer, direction: .deviceToDriver)
    case .sendsToo: return try base.share(buffer, direction: .both)
    case .leavesBouncesDirty where direction == .deviceToDriver:
      return try base.allocateShared(Layout(size: buffer.size, alignment: 16))
    case .sendsAByteMore where buffer.size > 0 && buffer.size < 4096:
      let longer = GuestBuffer(address: buffer.address, size: buffer.size + 1)
      return try base.share(longer, direction: direction)
    case .sharesInPlace where buffer.size > 0:
      return arena.memory.physicalAddress(of: buffer.address)
    case .allocatesBeforeItChecks where buffer.size == 0:
      _ = try? base.allocateShared(Layout(size: 4096, alignment: 4096))
      throw .sizeIsZero
    case .servesNothing where buffer.size == 0:
      return try base.allocateShared(Layout(size: 16, alignment: 16))
    case .clearsWhatItSent where buffer.size > 0 && buffer.size <= 4097:
      let address = try base.share(buffer, direction: direction)
      let start = arena.memory.physicalAddress(of: buffer.address)
      arena.memory.fill(try AddressRange(start: start, size: 1), with: 0)
      return address
    case .spoilsTheHeap:
      let address = try base.share(buffer, direction: direction)
      let last = PhysicalAddress(arena.window.end.rawValue - 4096)
      arena.memory.fill(try AddressRange(start: last, size: 1), with: 1)
      return address
    case .servesTwice:
      let address = try base.share(buffer, direction: direction)
      defer { last = address }
      return last ?? address
    case .isSteered:
      let address = try base.share(buffer, direction: direction)
      // What the host wrote where the last buffer lies decides.
      defer { last = address }
      let isWritten = last.map { arena.memory.read($0.rawValue, 1) == [0xff] } ?? false
      guard isWritten else { return address }
      return try base.share(buffer, direction: direction)
    case .servesWhenClosed:
      do throws(ShareError) {
        last = try base.share(buffer, direction: direction)
      } catch {
        guard error == .closed else { throw error }
      }
      return last ?? PhysicalAddress(0x8000_0000)
    default: return try base.share(buffer, direction: direction)
    }
  }

  mutating func unshare(
    _ bounce: PhysicalAddress, _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) {
    switch sabotage {
    case .copiesBackWhatWasSent: try base.unshare(bounce, buffer, direction: .both)
    case .copiesNothingBack: try base.unshare(bounce, buffer, direction: .driverToDevice)
    case .copiesBackAByteMore where buffer.size == 4097:
      let longer = GuestBuffer(address: buffer.address, size: buffer.size + 1)
      try base.unshare(bounce, longer, direction: direction)
    case .copiesBackBeforeItChecks where buffer.size <= 4097 && direction != .driverToDevice:
      arena.memory.copy(
        from: bounce, to: arena.memory.physicalAddress(of: buffer.address), size: buffer.size)
      try base.unshare(bounce, buffer, direction: direction)
    case .refillsToEnd:
      _ = try? base.allocateShared(Layout(size: 4096, alignment: 4096))
      try base.unshare(bounce, buffer, direction: direction)
    case .refusesToEnd: throw .notAllocated(bounce)
    case .ignoresWrongEnds: try? base.unshare(bounce, buffer, direction: direction)
    default: try base.unshare(bounce, buffer, direction: direction)
    }
  }
}
