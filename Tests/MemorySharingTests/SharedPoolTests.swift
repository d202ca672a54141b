import MemorySharing
import Testing

private typealias Pool =
  SharedPool<ProtectedKVM<RecordingConduit>, SharerWorld, SharerWorld, BuddyAllocator>

/// What a pool asks of its sharer, its map and its memory, call by call.
@Suite final class SharedPoolTests {
  let world = SharerWorld()
  let records = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 8)
  let storage: Storage
  let page: UInt64 = 0x1000
  let start: UInt64 = 0x10_0000

  init() throws {
    storage = try Storage(world.window, minimumBlock: 16, orders: 16)
  }

  deinit { records.deallocate() }

  /// A conduit that answers the granule's size, and every SHARE and UNSHARE as it is told to.
  private func conduit(_ answer: @escaping (SharerCall) -> Int64 = { _ in 0 }) -> RecordingConduit {
    RecordingConduit { registers in
      registers.x0 == 0xC600_0002
        ? HypercallRegisters(0x1000)
        : HypercallRegisters(
          x0(answer(SharerCall(isShare: registers.x0 == 0xC600_0003, address: registers.x1))))
    }
  }

  private func pool(_ conduit: RecordingConduit) -> Pool {
    Pool(
      hypervisor: ProtectedKVM(conduit: conduit), memory: world, frames: world,
      blocks: BuddyAllocator(minimumBlock: 16, orders: 16, metadata: storage.bytes),
      records: records)
  }

  private func pages(_ count: UInt64) -> MemorySharing.Layout { layout(count * page, page) }

  @Test("A region that the pool's allocator does not cover goes back at once, and is no refill")
  func withdraws() throws {
    let conduit = conduit()
    var pool = pool(conduit)
    try pool.initialiseDynamic()
    let buffer = try pool.allocateShared(pages(1))
    let outside = world.window.end.rawValue
    world.next = outside
    #expect(throws: ShareError.rangeIsOutside(range(outside, 2 * page))) {
      try pool.allocateShared(pages(2))
    }
    #expect(
      conduit.shares.suffix(4)
        == [
          .share(outside), .share(outside + page), .unshare(outside), .unshare(outside + page),
        ])
    #expect(world.events.last == .deallocate(outside, layout(2 * page, 2 * page)))
    try pool.deallocateShared(buffer, pages(1))
    var report = UnshareReport()
    report.granulesUnshared = 1
    report.regionsReturned = 1
    #expect(pool.unshareAll() == report)
  }

  @Test("A static range is tracked in the map that it was held against, once it is in the pool")
  func tracksStaticRange() throws {
    let memory = range(start, 0x10_0000)
    var map = MemoryMap(memory: memory)
    var pool = pool(conduit())
    try pool.initialiseStatic(start: start + page, size: page, in: &map)
    #expect(map.regionCount == 1 && map.region(at: 0) == range(start + page, page))

    var second = self.pool(conduit())
    let overlap = range(start, 2 * page)
    #expect(throws: ShareError.rangeOverlaps(overlap)) {
      try second.initialiseStatic(start: start, size: 2 * page, in: &map)
    }
    #expect(map.regionCount == 1 && second.backing == .uninitialised)
  }

  @Test("A closed pool lists what its sharer could not take back")
  func listsQuarantine() throws {
    var pool = pool(conduit { $0.isShare ? 0 : -3 })
    try pool.initialiseDynamic()
    _ = try pool.allocateShared(pages(1))
    _ = pool.unshareAll()
    var listed: [[AddressRange]] = []
    pool.forEachQuarantinedGranule { listed.append([$0, $1]) }
    #expect(listed == [[range(start, page), range(start, page)]])
  }

  @Test("Nothing is copied out of a bounce buffer that is not one, or of a pool that is closed")
  func copiesOnlyFromBounceBuffers() throws {
    var pool = pool(conduit())
    try pool.initialiseDynamic()
    let buffer = GuestBuffer(address: VirtualAddress(0x9000), size: 64)
    let bounce = try pool.share(buffer, direction: .deviceToDriver)
    let events = world.events
    let wrong = PhysicalAddress(bounce.rawValue + 64)
    #expect(throws: ShareError.notAllocated(wrong)) {
      try pool.unshare(wrong, buffer, direction: .deviceToDriver)
    }
    #expect(world.events == events)
    try pool.unshare(bounce, buffer, direction: .deviceToDriver)
    #expect(world.events.last == .copy(from: bounce.rawValue, to: 0x9000, size: 64))

    let kept = try pool.share(buffer, direction: .deviceToDriver)
    _ = pool.unshareAll()
    let after = world.events
    #expect(throws: ShareError.closed) {
      try pool.unshare(kept, buffer, direction: .deviceToDriver)
    }
    #expect(world.events == after)
  }
}
