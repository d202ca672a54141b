import MemorySharing

/// What the checks of the device need.
struct DeviceBench {
  let transport: VirtioTransport
  let defect: Defect

  func start(_ pool: inout Pool) -> VirtioBlock {
    do throws(DriverError) {
      return try VirtioBlock.start(transport, &pool, defect: defect)
    } catch {
      fail("virtio-blk starts", error)
    }
  }

  /// Moves a sector and wants all to go well.
  func transfer(
    _ operation: VirtioBlock.Operation, sector: UInt64, _ disk: inout VirtioBlock,
    _ pool: inout Pool
  ) {
    do throws(DriverError) {
      let request = try disk.submit(operation, sector: sector, SectorBuffer.whole, &pool)
      disk.transport.ring()
      let length = try disk.wait()
      let outcome = disk.finish(request, length: length, &pool)
      let expected: UInt32 = operation == .read ? UInt32(SectorBuffer.bytes) : 0
      check(outcome == .done(received: expected), "the device moves a sector")
    } catch {
      fail("a request is answered", error)
    }
    check(SectorBuffer.isIntact, "canaries around a private buffer stay")
  }

  /// Sends the device where it must not go. What it says of that is no evidence: QEMU's says
  /// success.
  func misdirect(
    _ operation: VirtioBlock.Operation, sector: UInt64, to target: UInt64,
    _ disk: inout VirtioBlock, _ pool: inout Pool
  ) {
    do throws(DriverError) {
      let request = try disk.submit(
        operation, sector: sector, SectorBuffer.whole, insteadAt: target, &pool)
      disk.transport.ring()
      let length = try disk.wait()
      _ = disk.finish(request, length: length, &pool)
    } catch {
      fail("a misdirected request is answered", error)
    }
  }
}

func fail(_ what: StaticString, _ error: DriverError) -> Never {
  switch error {
  case .sharing(let error): fail(what, error)
  case .unusable: say("     the device is unusable\n")
  case .usedIndexJumps: say("     used.idx jumps\n")
  case .usedIdentifierIsUnknown: say("     used.id is unknown\n")
  case .usedLengthIsTooLarge: say("     used.len is too large\n")
  case .needsReset: say("     the device wants a reset\n")
  case .timedOut: say("     the device does not answer\n")
  }
  fail(what)
}

/// Reads and writes through bounces.
func checkDisk(_ bench: DeviceBench, _ pool: inout Pool) {
  SectorBuffer.prepare()
  var disk = bench.start(&pool)
  check(disk.capacity == 2048, "the disk has 2048 sectors")
  for sector: UInt64 in [0, 1, 777, 2047] {
    bench.transfer(.read, sector: sector, &disk, &pool)
    check(SectorBuffer.holds(sector: sector), "a sector that is read has the disk's contents")
  }
  fill(Place.sector, bytes: SectorBuffer.bytes, 0x0123_4567_89AB_CDEF)
  bench.transfer(.write, sector: 5, &disk, &pool)
  fill(Place.sector, bytes: SectorBuffer.bytes, 0)
  bench.transfer(.read, sector: 5, &disk, &pool)
  check(
    isFilled(Place.sector, bytes: SectorBuffer.bytes, 0x0123_4567_89AB_CDEF),
    "a sector that was written reads back")
  let refused = Truth.takeRefusedDMA()
  check(refused.expected + refused.others == 0, "DMA to bounces is not refused")
  disk.stop(&pool)
  check(Truth.isConsistent, "translations follow the pool")
  passed("virtio-blk reads and writes sectors through bounces")
}

/// Attempts at memory that is not shared, judged by the SMMU's events and by canaries.
///
/// - Parameter granule: bytes that are shared at once; nil where nothing is on demand.
func checkRefusedDMA(_ bench: DeviceBench, _ pool: inout Pool, granule: UInt64?) {
  let page = Place.neverShared
  var disk = bench.start(&pool)
  fill(page, bytes: pageBytes, canary)
  bench.misdirect(.read, sector: 9, to: page, &disk, &pool)
  checkEvents(at: page, isRead: false, "a DMA write to a page never shared is refused")
  check(isFilled(page, bytes: pageBytes, canary), "a refused DMA write does not land")
  passed("a DMA write to a page never shared is refused and does not land")

  fill(page, bytes: pageBytes, secret)
  bench.misdirect(.write, sector: 11, to: page, &disk, &pool)
  checkEvents(at: page, isRead: true, "a DMA read of a private page is refused")
  bench.transfer(.read, sector: 11, &disk, &pool)
  for word in 0..<SectorBuffer.bytes / 8 {
    check(r64(Place.sector + word * 8) != secret, "a secret does not reach the disk")
  }
  passed("a DMA read of a private page is refused and its secret does not reach the disk")

  // What EL1 cannot look at, it would feel: these are the monitor's first instructions.
  let monitor: UInt64 = 0x4E00_0000
  bench.misdirect(.read, sector: 13, to: monitor, &disk, &pool)
  checkEvents(at: monitor, isRead: false, "a DMA write to the monitor is refused")
  passed("a DMA write to the monitor is refused")

  if let granule {
    let once = Place.sharedOnce
    // The SMMU remembers both, and has to forget both.
    let ends = [once, once + granule - pageBytes]
    check(shareByHand(once) == Answer.success, "a granule is shared for a while")
    for page in ends {
      fill(page, bytes: pageBytes, 0)
      bench.misdirect(.read, sector: 21, to: page, &disk, &pool)
      memcpy(pointer(PhysicalAddress(Place.sector)), pointer(PhysicalAddress(page)), 512)
      check(SectorBuffer.holds(sector: 21), "DMA to a shared granule lands")
    }
    check(unshareByHand(once) == Answer.success, "the granule is taken back")
    for page in ends {
      fill(page, bytes: pageBytes, canary)
      bench.misdirect(.read, sector: 22, to: page, &disk, &pool)
      checkEvents(at: page, isRead: false, "a DMA write after unshare is refused")
      check(isFilled(page, bytes: pageBytes, canary), "a DMA write after unshare does not land")
    }
    passed("a DMA write after unshare is refused and does not land")
  }
  checkOverflow(bench, &disk, &pool)
  disk.stop(&pool)
}

private func checkEvents(at page: UInt64, isRead: Bool, _ what: StaticString) {
  let refused = Truth.takeRefusedDMA(at: page, isRead: isRead)
  check(refused.expected > 0, what)
  check(refused.others == 0, "the SMMU refuses nothing else")
  note(refused.expected, "translation faults there, no other events")
}

/// More events than the SMMU's queue has room for: that is counted, and the queue works on.
private func checkOverflow(_ bench: DeviceBench, _ disk: inout VirtioBlock, _ pool: inout Pool) {
  let page = Place.neverShared
  let before = Truth.eventOverflows
  for sector: UInt64 in 30..<34 {
    bench.misdirect(.read, sector: sector, to: page, &disk, &pool)
  }
  let refused = Truth.takeRefusedDMA(at: page)
  check(Truth.eventOverflows > before, "an overflow of the SMMU's events is counted")
  bench.misdirect(.read, sector: 34, to: page, &disk, &pool)
  let after = Truth.takeRefusedDMA(at: page)
  check(after.expected > 0 && after.others == 0, "the SMMU's events go on after an overflow")
  check(isFilled(page, bytes: pageBytes, secret), "no refused DMA write lands")
  note(refused.expected, "events of four refused requests, the rest overflowed")
  passed("the SMMU's queue of events overflows, and goes on")
}
