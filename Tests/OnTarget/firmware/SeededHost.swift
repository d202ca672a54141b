import MemorySharing

/// A host that stores over ring and bounces at moments that a seed chooses, one CPU being enough.
///
/// Whatever the disk's speed, the same seed makes the same run: where the host has stored before
/// the bell rings, and nobody knows what the device makes of its queue, the device is brought to
/// rest before the next move; otherwise it has just one request to answer, and its interrupt is
/// waited for.
func checkSeededHost(_ bench: DeviceBench, _ pool: inout Pool, seed: UInt64, rounds: UInt64) {
  SectorBuffer.prepare()
  var survival = Survival()
  var stores: UInt64 = 0
  for round in 0..<rounds {
    var disk = bench.start(&pool)
    let isEarly = round % 2 == 0
    // Behind the sectors that other checks have written.
    for sector in 100 + round * 2 % 1900..<100 + round * 2 % 1900 + (isEarly ? 1 : 2) {
      do throws(DriverError) {
        let request = try disk.submit(.read, sector: sector, SectorBuffer.whole, &pool)
        let aim = aim(round / 2, request, disk.queue)
        let start = (seed &+ sector &* 0x9E37_79B9_7F4A_7C15) | 1
        _ = hvc(
          ControlCall.attackAtCalls, start, aim.lowerBound, aim.upperBound - aim.lowerBound)
        if isEarly { pause(times: 3) }
        disk.transport.ring()
        if isEarly {
          check(disk.transport.reset(), "the device comes to rest")
        } else {
          disk.awaitInterrupt(microseconds: 10_000_000)
        }
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
