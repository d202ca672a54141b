// The test's own calls.

extension Monitor {
  /// Answers a call of `ControlCall`; nil for any other.
  mutating func controlCall(_ asked: registers) -> registers? {
    switch asked.x0 {
    case ControlCall.sharedCount:
      let pages = ownership.sharedPages
      return registers(Answer.success, (pages * pageBytes + granule - 1) / granule, pages, 0)
    case ControlCall.sharedGranule:
      guard let address = ownership.sharedGranule(asked.x1, granule: granule) else {
        return refused
      }
      return registers(Answer.success, address, 0, 0)
    case ControlCall.nextRefusedDMA:
      guard let dma = ownership.nextRefusedDMA() else { return refused }
      return registers(Answer.success, dma.event, dma.address, dma.isRead ? 1 : 0)
    case ControlCall.statistics: return registers(Answer.success, shares, unshares, refusals)
    case ControlCall.audit:
      let pages = asked.x2 == 0 ? nil : wholePages(asked.x1, asked.x2)
      return registers(
        Answer.success, ownership.mismatches(in: pages), ownership.eventOverflows, 0)
    case ControlCall.lastEffect:
      return registers(Answer.success, lastEffect.kind, lastEffect.address, lastEffect.bytes)
    case ControlCall.sharedBeforeBoot:
      let range = ownership.sharedBeforeBoot
      return registers(
        Answer.success, range.lowerBound, range.upperBound - range.lowerBound, 0)
    case ControlCall.declaredCount:
      return registers(Answer.success, devices.declaredCount, 0, 0)

    case ControlCall.restart:
      restart(Manners(word: asked.x1), granule: asked.x2)
    case ControlCall.addRAM: ownership.restrict(to: asked.x1..<asked.x1 + asked.x2)
    case ControlCall.shareBeforeBoot: ownership.share(asked.x1..<asked.x1 + asked.x2, &pool)
    case ControlCall.liftGuard: devices.lift()

    case ControlCall.beginCommand:
      faults.beginCommand(
        position: asked.x1, Faults.Fault(kind: asked.x2, value: asked.x3))
    case ControlCall.standingFault: faults.stand(Faults.Fault(kind: asked.x2, value: asked.x3))

    case ControlCall.pin: return pin(asked.x1)
    case ControlCall.unpinAll: ownership.unpinAll()
    case ControlCall.hostFill:
      return hostFill(asked.x1, asked.x2, UInt8(truncatingIfNeeded: asked.x3))
    case ControlCall.attackAtCalls:
      attacker.aim(seed: asked.x1, at: asked.x2..<asked.x2 + asked.x3)
      return registers(Answer.success, attacker.stores, 0, 0)
    case ControlCall.pause: attack()
    case ControlCall.flipAtSteps:
      stepper.aim(at: asked.x1, values: asked.x2, seed: asked.x3)
      return registers(Answer.success, stepper.steps, 0, 0)
    default: return nil
    }
    return registers(Answer.success)
  }

  private var refused: registers { registers(Answer.invalidParameter) }

  private func pin(_ address: UInt64) -> registers {
    let start = address & ~(granule - 1)
    guard start <= UInt64.max - granule else { return refused }
    let range = start..<start + granule
    guard ownership.isRAM(range), ownership.isShared(range) else { return refused }
    ownership.pin(range)
    return registers(Answer.success)
  }

  /// The pages that a run of bytes touches.
  private func wholePages(_ address: UInt64, _ bytes: UInt64) -> Range<UInt64> {
    address & ~(pageBytes - 1)..<(address + bytes + pageBytes - 1) & ~(pageBytes - 1)
  }

  private func hostFill(_ address: UInt64, _ bytes: UInt64, _ value: UInt8) -> registers {
    guard ownership.reachesAll(wholePages(address, bytes)) else { return refused }
    fill(address..<address + bytes, value)
    return registers(Answer.success)
  }

  /// The host's move, where it is to make one.
  mutating func attack() {
    guard let store = attacker.next() else { return }
    if ownership.reachesAll(store.address & ~(pageBytes - 1)..<store.address + 1) {
      w8(store.address, store.value)
      attacker.stores += 1
    }
  }
}

/// A host that overwrites one byte of a range at a time, as its seed says.
struct Attacker {
  private var state: UInt64 = 0
  private var range: Range<UInt64> = 0..<0
  /// Stores that landed.
  var stores: UInt64 = 0

  mutating func aim(seed: UInt64, at range: Range<UInt64>) {
    state = seed
    self.range = range
  }

  mutating func next() -> (address: UInt64, value: UInt8)? {
    guard state != 0, !range.isEmpty else { return nil }
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    let address = range.lowerBound + state >> 8 % (range.upperBound - range.lowerBound)
    return (address, UInt8(truncatingIfNeeded: state))
  }
}

func fill(_ range: Range<UInt64>, _ value: UInt8) {
  memset(
    UnsafeMutableRawPointer(bitPattern: UInt(range.lowerBound)).unsafelyUnwrapped, Int32(value),
    UInt(range.upperBound - range.lowerBound))
}
