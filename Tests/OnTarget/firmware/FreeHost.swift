import MemorySharing

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
