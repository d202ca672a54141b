import MemorySharing

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
      // Two requests were made.
      .init(
        field: .index, bytes: 1, value: 3,
        claim: "a used.idx one ahead of all requests is refused"),
      .init(field: .index, bytes: 2, value: 0, claim: "a used.idx that goes back is refused"),
      .init(
        field: .identifier, bytes: 1, value: 0,
        claim: "a used.id of an earlier request is refused"),
      .init(
        field: .identifier, bytes: 4, value: 0xFF, claim: "a used.id behind the table is refused"),
      .init(
        field: .length, offset: 1, bytes: 1, value: 0x20,
        claim: "a used.len above the buffer's is refused"),
      .init(field: .length, bytes: 4, value: 0xFF, claim: "a used.len of 4 GiB is refused"),
    ]
  }
}
