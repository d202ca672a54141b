import MemorySharing

/// How requests ended that a host interfered with.
struct Survival {
  var good: UInt64 = 0
  /// The driver saw that something is wrong.
  var refused: UInt64 = 0
  /// The device says that it failed.
  var failed: UInt64 = 0
  /// Not what is on the disk: the host's right, as it could answer so from the start.
  var wrong: UInt64 = 0

  var total: UInt64 { good + refused + failed + wrong }

  func print(_ what: StaticString) {
    say("     ")
    say(total)
    say(what)
    say(good)
    say(" good, ")
    say(refused)
    say(" refused, ")
    say(failed)
    say(" failed, ")
    say(wrong)
    say(" wrong data\n")
  }

  /// To be asked when the attack is over, for the host stores slowly.
  func checkCanaries() {
    check(SectorBuffer.isIntact, "a private canary survives a hostile host")
  }

  /// Finishes a request whose answer was waited for, and counts it.
  ///
  /// - Returns: whether the device can go on.
  mutating func take(
    _ request: VirtioBlock.Request, sector: UInt64, _ disk: inout VirtioBlock, _ pool: inout Pool,
    waiting wait: (inout VirtioBlock) throws(DriverError) -> UInt32
  ) -> Bool {
    var canGoOn = true
    do throws(DriverError) {
      let length = try wait(&disk)
      switch disk.finish(request, length: length, &pool) {
      case .done(let received):
        if received == UInt32(SectorBuffer.bytes), SectorBuffer.holds(sector: sector) {
          good += 1
        } else {
          wrong += 1
        }
      case .failed: failed += 1
      }
    } catch {
      refused += 1
      canGoOn = false
      check(disk.transport.reset(), "the device comes to rest")
      _ = disk.finish(request, length: 0, &pool)
    }
    return canGoOn
  }
}

/// What a host may put into the used ring, one thing at a time: each is refused for what it is.
func checkUsedRing(_ bench: DeviceBench, _ pool: inout Pool) {
  for attack in UsedRingAttack.all {
    SectorBuffer.prepare()
    var disk = bench.start(&pool)
    // An answer before it, so that there is an old identifier.
    bench.transfer(.read, sector: 40, &disk, &pool)
    _ = disk.transport.takeInterrupt()
    do throws(DriverError) {
      let request = try disk.submit(.read, sector: 41, SectorBuffer.whole, &pool)
      disk.transport.ring()
      disk.awaitInterrupt(microseconds: 10_000_000)
      let target = disk.queue.target
      let isHit: Bool =
        switch attack.field {
        case .index: Truth.hostWrites(attack.value, at: target.index, bytes: attack.bytes)
        case .identifier: Truth.hostWrites(attack.value, at: target.identifier, bytes: attack.bytes)
        case .length:
          Truth.hostWrites(attack.value, at: target.length + attack.offset, bytes: attack.bytes)
        }
      check(isHit, "the host reaches the used ring")
      var survival = Survival()
      _ = survival.take(request, sector: 41, &disk, &pool) { disk throws(DriverError) in
        try disk.wait(microseconds: 1000)
      }
      survival.checkCanaries()
      check(survival.refused == 1, attack.claim)
    } catch {
      fail("a request can be made", error)
    }
    disk.stop(&pool)
  }
  passed("used.idx, used.id and used.len that make no sense are refused")
}

private struct UsedRingAttack {
  enum Field { case index, identifier, length }

  let field: Field
  var offset: UInt64 = 0
  let bytes: UInt64
  let value: UInt8
  let claim: StaticString

  static var all: [UsedRingAttack] {
    [
      .init(
        field: .index, bytes: 1, value: 9, claim: "a used.idx ahead of all requests is refused"),
      .init(field: .index, bytes: 2, value: 0, claim: "a used.idx that goes back is refused"),
      .init(
        field: .identifier, bytes: 1, value: 0, claim: "a used.id of an earlier request is refused"),
      .init(
        field: .identifier, bytes: 4, value: 0xFF, claim: "a used.id behind the table is refused"),
      .init(
        field: .length, offset: 1, bytes: 1, value: 0x20,
        claim: "a used.len above the buffer's is refused"),
      .init(field: .length, bytes: 4, value: 0xFF, claim: "a used.len of 4 GiB is refused"),
    ]
  }
}

extension VirtioBlock {
  /// Waits for the device without a look at shared memory, whose bytes are the attacker's.
  borrowing func awaitInterrupt(microseconds: UInt64) {
    let end = deadline(microseconds)
    while !transport.takeInterrupt(), read_cntpct_el0() < end { relax() }
  }
}

/// A host that stores over ring and bounces at moments that a seed chooses, one CPU being enough.
///
/// The moments are before the bell and after the device's interrupt, so that it matters to nobody how
/// long the disk takes: the same seed makes the same run, byte for byte, under `-icount`.
func checkSeededHost(_ bench: DeviceBench, _ pool: inout Pool, seed: UInt64, rounds: UInt64) {
  SectorBuffer.prepare()
  var survival = Survival()
  var stores: UInt64 = 0
  for round in 0..<rounds {
    var disk = bench.start(&pool)
    for sector in round * 2..<round * 2 + 2 {
      do throws(DriverError) {
        let request = try disk.submit(.read, sector: sector, SectorBuffer.whole, &pool)
        let aim = aim(round, request, disk.queue)
        let start = (seed &+ sector &* 0x9E37_79B9_7F4A_7C15) | 1
        _ = hvc(
          ControlCall.attackAtCalls, start, aim.lowerBound, aim.upperBound - aim.lowerBound)
        if round % 2 == 0 { pause(times: 3) }
        disk.transport.ring()
        disk.awaitInterrupt(microseconds: 2000)
        pause(times: 8)
        let canGoOn = survival.take(request, sector: sector, &disk, &pool) {
          disk throws(DriverError) in
          guard let length = try disk.poll() else { throw .timedOut }
          return length
        }
        stores += hvc(ControlCall.attackAtCalls, 0, 0, 0).x1
        survival.checkCanaries()
        if !canGoOn { break }
      } catch {
        fail("a request can be made", error)
      }
    }
    disk.stop(&pool)
  }
  survival.print(" requests against a seeded host: ")
  check(stores > 0, "the seeded host stores")
  check(survival.good > 0 && survival.refused > 0, "the seeded host spoils some requests, not all")
  passed("the driver survives a host that stores between its steps")
}

private func aim(
  _ round: UInt64, _ request: VirtioBlock.Request, _ queue: SplitQueue
) -> Range<UInt64> {
  switch round % 4 {
  case 0: queue.descriptors..<queue.descriptors + SplitQueue.bytes
  case 1: request.span
  case 2: queue.used..<queue.used + 20
  default: queue.target.identifier..<queue.target.identifier + 8
  }
}

private func pause(times: UInt64) {
  for _ in 0..<times { _ = hvc(ControlCall.pause, 0, 0, 0) }
}

/// A host that stores after every instruction of the driver, from its look at the used ring to the last
/// byte of the bounces: whatever is fetched twice is fetched twice differently.
func checkSteppingHost(_ bench: DeviceBench, _ pool: inout Pool, seed: UInt64) {
  SectorBuffer.prepare()
  var survival = Survival()
  var steps: UInt64 = 0
  for round: UInt64 in 0..<40 {
    var disk = bench.start(&pool)
    do throws(DriverError) {
      let request = try disk.submit(.read, sector: round, SectorBuffer.whole, &pool)
      disk.transport.ring()
      disk.awaitInterrupt(microseconds: 10_000_000)
      let flip = SteppingFlip(round, request, disk.queue)
      _ = hvc(ControlCall.flipAtSteps, flip.address, flip.values, seed &+ round &* 0x9E37_79B9)
      _ = survival.take(request, sector: round, &disk, &pool) { disk throws(DriverError) in
        let length = try disk.poll()
        guard let length else { throw .timedOut }
        return length
      }
      steps += hvc(ControlCall.flipAtSteps, 0, 0, 0).x1
      survival.checkCanaries()
    } catch {
      fail("a request can be made", error)
    }
    disk.stop(&pool)
  }
  survival.print(" requests against a host between instructions: ")
  note(steps, "instructions, each followed by a store of the host")
  check(steps > 0, "the driver steps")
  passed("the driver survives a host that stores after each of its instructions")
}

/// A word, and the two values that the host chooses from: the honest one and another.
private struct SteppingFlip {
  let address: UInt64
  let values: UInt64

  init(_ round: UInt64, _ request: VirtioBlock.Request, _ queue: SplitQueue) {
    let target = queue.target
    switch round % 5 {
    // Flags and index are one word.
    case 0: self.init(queue.used, 1 << 16, 9 << 16)
    case 1: self.init(target.identifier, 0, 3)
    case 2: self.init(request.status.rawValue, 0, 1)
    // Above what the device may write, and so little above that the canaries see it.
    default: self.init(target.length, 513, 0x2001)
    }
  }

  private init(_ address: UInt64, _ honest: UInt64, _ other: UInt64) {
    self.address = address
    values = other << 32 | honest
  }
}

/// The host's CPU at the same things, at its own speed.
func checkFreeHost(
  _ bench: DeviceBench, _ pool: inout Pool, _ host: inout HostCPU, rounds: UInt64
) {
  SectorBuffer.prepare()
  var survival = Survival()
  var stores: UInt64 = 0
  for round in 0..<rounds {
    var disk = bench.start(&pool)
    // What is in the used ring before the first attack is an answer.
    bench.transfer(.read, sector: 50, &disk, &pool)
    for sector in round * 4..<round * 4 + 4 {
      do throws(DriverError) {
        let request = try disk.submit(.read, sector: sector, SectorBuffer.whole, &pool)
        let attack = FreeAttack(round, request, disk.queue)
        host.begin(attack.order, at: attack.address, attack.argument)
        disk.transport.ring()
        let canGoOn = survival.take(request, sector: sector, &disk, &pool) {
          disk throws(DriverError) in try disk.wait(microseconds: 5000)
        }
        stores = host.stop()
        survival.checkCanaries()
        if !canGoOn { break }
      } catch {
        fail("a request can be made", error)
      }
    }
    disk.stop(&pool)
  }
  survival.print(" requests against a free host: ")
  note(stores, "stores or flips by the host's CPU")
  check(stores > 0, "the free host stores")
  passed("the driver survives a host that runs beside it")
}

/// What the host's CPU does for the length of one request.
private struct FreeAttack {
  var order: UInt64
  var address: UInt64
  /// Of a scribble: bytes; of a flip: the other value.
  var argument: UInt64

  init(_ round: UInt64, _ request: VirtioBlock.Request, _ queue: SplitQueue) {
    switch round % 6 {
    case 0: self.init(HostOrder.scribble, queue.descriptors, SplitQueue.bytes)
    case 1:
      self.init(
        HostOrder.scribble, request.span.lowerBound & ~1,
        request.span.upperBound - request.span.lowerBound)
    case 2: self.init(HostOrder.flip, queue.used, 0x00FF_0000)
    case 3: self.init(HostOrder.flip, queue.target.identifier, 7)
    // Above what the device may write, and so little above that the canaries see it.
    default: self.init(HostOrder.flip, queue.target.length, 0x2001)
    }
  }

  private init(_ order: UInt64, _ address: UInt64, _ argument: UInt64) {
    self.order = order
    self.address = address
    self.argument = argument
  }
}
