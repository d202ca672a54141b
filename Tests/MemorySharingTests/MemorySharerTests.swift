import MemorySharing
import Testing

private typealias Sharer = MemorySharer<ProtectedKVM<RecordingConduit>, SharerWorld, SharerWorld>

/// What a sharer asks of hypervisor, heap and memory, call by call, where an invariant sees only
/// what comes of it.
@Suite final class MemorySharerTests {
  let world = SharerWorld()
  let records = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 8)
  let page: UInt64 = 0x1000
  let start: UInt64 = 0x10_0000

  deinit { records.deallocate() }

  private func sharer(_ conduit: RecordingConduit?, records bytes: Int? = nil) throws -> Sharer {
    Sharer(
      granule: try Granule(bytes: page), hypervisor: conduit.map { ProtectedKVM(conduit: $0) },
      memory: world, frames: world,
      records: UnsafeMutableRawBufferPointer(rebasing: records[0..<(bytes ?? records.count)]))
  }

  private func pages(_ count: UInt64) -> MemorySharing.Layout { layout(count * page, page) }

  /// The page with this number, from the first region on.
  private func page(_ number: UInt64) -> AddressRange { range(start + number * page, page) }

  private func address(_ number: UInt64) -> UInt64 { start + number * page }

  private func quarantined(_ sharer: borrowing Sharer) -> [[AddressRange]] {
    var list: [[AddressRange]] = []
    sharer.forEachQuarantinedGranule { list.append([$0, $1]) }
    return list
  }

  private func report(
    unshared: UInt64 = 0, quarantined: UInt64 = 0, returned: UInt64 = 0, kept: UInt64 = 0
  ) -> UnshareReport {
    var report = UnshareReport()
    report.granulesUnshared = unshared
    report.granulesQuarantined = quarantined
    report.regionsReturned = returned
    report.regionsKept = kept
    return report
  }

  @Test("Granules go in ascending order both ways, and regions last-in first-out")
  func order() throws {
    let conduit = RecordingConduit.failing([:])
    var sharer = try sharer(conduit)
    #expect(try sharer.refill(pages(3)) == range(address(0), 3 * page))
    #expect(try sharer.refill(pages(2)) == range(address(3), 2 * page))
    #expect(conduit.shares == (0..<5).map { .share(address($0)) })
    #expect(sharer.unshareAll() == report(unshared: 5, returned: 2))
    #expect(conduit.shares.dropFirst(5) == [3, 4, 0, 1, 2].map { .unshare(address($0)) }[...])
    #expect(
      world.events == [
        .allocate(pages(3)), .allocate(pages(2)),
        .zero(range(address(3), 2 * page)), .deallocate(address(3), pages(2)),
        .zero(range(address(0), 3 * page)), .deallocate(address(0), pages(3)),
      ])
    #expect(sharer.unshareAll() == report())
    #expect(conduit.calls.count == 10)
  }

  @Test("A drop takes everything back as a teardown does, and abandons nothing")
  func drop() throws {
    let conduit = RecordingConduit.failing([:])
    do {
      var sharer = try sharer(conduit)
      _ = try sharer.refill(pages(2))
      _ = try sharer.refill(pages(1))
    }
    #expect(conduit.shares.dropFirst(3) == [2, 0, 1].map { .unshare(address($0)) }[...])
    #expect(world.events.suffix(1) == [.deallocate(address(0), pages(2))])
    #expect(conduit.abandoned.isEmpty)
  }

  @Test("A failed SHARE is what a refill reports, whatever fails after it")
  func namesTheCallThatFailed() throws {
    // The second SHARE fails; then nothing else, its UNSHARE, the probe, or taking back the first.
    for later in [[:], [2: -1], [2: -1, 3: -2], [2: -1, 4: -4], [3: -5]] as [[Int: Int64]] {
      let conduit = RecordingConduit.failing(later.merging([1: -3]) { $1 })
      var sharer = try sharer(conduit)
      world.next = start
      #expect(
        throws: ShareError.hypercallFailed(function: 0xC600_0003, address: address(1), answer: -3)
      ) { try sharer.refill(pages(3)) }
    }
  }

  @Test("After a failed SHARE, an UNSHARE that succeeds is proof enough")
  func unshareProves() throws {
    let conduit = RecordingConduit.failing([1: -3])
    var sharer = try sharer(conduit)
    #expect(throws: ShareError.self) { try sharer.refill(pages(3)) }
    #expect(
      conduit.shares
        == [.share(address(0)), .share(address(1)), .unshare(address(1)), .unshare(address(0))])
    #expect(quarantined(sharer).isEmpty)
    #expect(world.events.last == .deallocate(address(0), pages(3)))
    #expect(sharer.unshareAll() == report())
  }

  @Test("Where that UNSHARE fails too, one probe of SHARE and UNSHARE proves the granule private")
  func probeProves() throws {
    let conduit = RecordingConduit.failing([1: -3, 2: -3])
    var sharer = try sharer(conduit)
    #expect(throws: ShareError.self) { try sharer.refill(pages(3)) }
    let probed = [1, 1, 1, 1].map(address)
    #expect(conduit.shares.map(\.address) == [address(0)] + probed + [address(0)])
    #expect(conduit.shares.map(\.isShare) == [true, true, false, true, false, false])
    #expect(quarantined(sharer).isEmpty)
    #expect(world.events.last == .deallocate(address(0), pages(3)))
  }

  @Test("A granule that the probe cannot settle is quarantined with its region, scrubbed around it")
  func probeFails() throws {
    // The probe's SHARE fails, and no UNSHARE follows; or the probe's UNSHARE does.
    for (fails, calls) in [([1, 2, 3], 5), ([1, 2, 4], 6)] {
      let conduit = RecordingConduit.failing(
        Dictionary(uniqueKeysWithValues: fails.map { ($0, Int64(-3)) }))
      let world = SharerWorld()
      do {
        var sharer = Sharer(
          granule: try Granule(bytes: page), hypervisor: ProtectedKVM(conduit: conduit),
          memory: world, frames: world, records: records)
        #expect(throws: ShareError.self) { try sharer.refill(pages(3)) }
        #expect(conduit.calls.count == calls)
        #expect(quarantined(sharer) == [[page(1), range(address(0), 3 * page)]])
        // The probed granule is zeroed before it is shared once more.
        let scrubbed = [page(0), page(2)].map(SharerWorld.Event.zero)
        #expect(world.events == [.allocate(pages(3)), .zero(page(1))] + scrubbed)
      }
      // The drop keeps the region too, and tries nothing more.
      #expect(conduit.calls.count == calls)
      #expect(conduit.abandoned == [page(1)])
    }
  }

  @Test("A teardown goes on behind a granule it cannot take back, and lists what it left")
  func quarantine() throws {
    // The first region's pages 0, 63, 64 and 69, across two words of its bitmap; none of the
    // second.
    let stuck: [UInt64] = [0, 63, 64, 69]
    // 73 SHARE calls, 3 UNSHARE calls of the second region, then the first region.
    let answers = stuck.map { (76 + Int($0), Int64(-3)) }
    let conduit = RecordingConduit.failing(Dictionary(uniqueKeysWithValues: answers))
    do {
      var sharer = try sharer(conduit)
      let first = try sharer.refill(pages(70))
      _ = try sharer.refill(pages(3))
      #expect(quarantined(sharer).isEmpty)
      #expect(sharer.unshareAll() == report(unshared: 69, quarantined: 4, returned: 1, kept: 1))
      #expect(quarantined(sharer) == stuck.map { [page($0), first] })
      #expect(world.events.count == 2 + 2 + 66)
      #expect(!world.events.contains { event in stuck.contains { event == .zero(page($0)) } })
      #expect(sharer.unshareAll() == report())
    }
    // They were reported: the drop does not abandon them again.
    #expect(conduit.abandoned.isEmpty)
    #expect(conduit.calls.count == 146)
  }

  @Test("Quarantined granules are listed from the youngest region to the oldest")
  func listsYoungestFirst() throws {
    let conduit = RecordingConduit.failing([3: -3, 4: -3])
    do {
      var sharer = try sharer(conduit)
      _ = try sharer.refill(pages(1))
      _ = try sharer.refill(pages(1))
      _ = try sharer.refill(pages(1))
      _ = sharer.unshareAll()
      #expect(quarantined(sharer) == [[page(2), page(2)], [page(1), page(1)]])
    }
    let dropped = RecordingConduit.failing([2: -3, 3: -3])
    do {
      var sharer = try sharer(dropped)
      world.next = start
      _ = try sharer.refill(pages(1))
      _ = try sharer.refill(pages(1))
    }
    #expect(dropped.abandoned == [page(1), page(0)])
  }

  @Test("A region that the heap does not take back is kept, private and scrubbed")
  func refusedByTheHeap() throws {
    let conduit = RecordingConduit.failing([:])
    var sharer = try sharer(conduit)
    _ = try sharer.refill(pages(2))
    world.refusesFrees = true
    #expect(sharer.unshareAll() == report(unshared: 2, kept: 1))
    #expect(world.events.last == .zero(range(address(0), 2 * page)))
    #expect(sharer.unshareAll() == report())
  }

  @Test("Nothing is taken from the heap that cannot be recorded, and an empty heap is exhausted")
  func refusals() throws {
    // A record of 64 granules takes a word and its footer of three; one more takes another word.
    let conduit = RecordingConduit.failing([:])
    var sharer = try sharer(conduit, records: 32 + 24)
    #expect(Sharer.recordSize(ofRegion: 64 * page, granule: sharer.granule) == 32)
    #expect(Sharer.recordSize(ofRegion: 65 * page, granule: sharer.granule) == 40)
    _ = try sharer.refill(pages(64))
    let events = world.events
    #expect(throws: ShareError.outOfMetadata(needed: 32, available: 24)) {
      try sharer.refill(pages(1))
    }
    #expect(world.events == events)
    _ = sharer.unshareAll()

    var bookless = try self.sharer(conduit, records: 0)
    #expect(throws: ShareError.outOfMetadata(needed: 32, available: 0)) {
      try bookless.refill(pages(1))
    }

    world.next = nil
    var empty = try self.sharer(conduit)
    #expect(throws: ShareError.exhausted(pages(2))) { try empty.refill(pages(2)) }
  }

  @Test("Without a hypervisor nothing is shared, and a region costs a record without a bitmap")
  func heapMode() throws {
    do {
      var sharer = try sharer(nil, records: 24)
      _ = try sharer.refill(pages(2))
      #expect(quarantined(sharer).isEmpty)
    }
    #expect(
      world.events == [
        .allocate(pages(2)), .zero(range(address(0), 2 * page)), .deallocate(address(0), pages(2)),
      ])
  }
}
