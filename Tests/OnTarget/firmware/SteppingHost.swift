import MemorySharing

/// A host that stores after every instruction of the driver, from its look at the used ring to the
/// last byte of the bounces: whatever is fetched twice is fetched twice differently.
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
