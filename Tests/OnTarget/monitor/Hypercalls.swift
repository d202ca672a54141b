// The vendor calls, as the guest sees them.
//
// Source: spec §5, Linux `arch/arm64/kvm/hyp/nvhe`, Gunyah's and GenieZone's UUIDs. Written without
// a look at the simulated hypervisors, which it is there to check.

enum VendorCall {
  static var uuid: UInt32 { 0x8600_FF01 }
  static var features: UInt32 { 0x8600_0000 }
  static var memInfo: UInt32 { 0xC600_0002 }
  static var memShare: UInt32 { 0xC600_0003 }
  static var memUnshare: UInt32 { 0xC600_0004 }
  static var guardInfo: UInt32 { 0xC600_0005 }
  static var guardEnrol: UInt32 { 0xC600_0006 }
  static var guardMap: UInt32 { 0xC600_0007 }
  static var guardUnmap: UInt32 { 0xC600_0008 }
}

/// What a call really did.
struct CallEffect {
  var kind = Effect.none
  var address: UInt64 = 0
  var bytes: UInt64 = 0
}

extension Monitor {
  /// Answers a call, which may be made to fail.
  mutating func vendorCall(_ asked: registers) -> registers {
    attack()
    let function = UInt32(truncatingIfNeeded: asked.x0)
    let fault = faults.next()
    lastEffect = CallEffect()
    var answer: registers
    switch fault.kind {
    case FaultKind.fails, FaultKind.answersGarbage: answer = registers(fault.value)
    case FaultKind.failsButTakesEffect:
      _ = perform(function, asked)
      answer = registers(Answer.invalidParameter)
    default: answer = perform(function, asked)
    }
    // Before it is told in 32 bits, where a success of UNMAP looks like a refusal.
    if answer.x0 >> 63 != 0 { refusals += 1 }
    if manners.has(Manners.answersLikeAndroid13), defect != .answersAllBits {
      if function == VendorCall.guardUnmap, answer.x0 == 0 { answer.x0 = 0xFFFF_FFFF }
      if function == VendorCall.guardMap || function == VendorCall.guardUnmap {
        answer.x0 = answer.x0 & 0xFFFF_FFFF | 0xDEAD_BEEF << 32
      }
    }
    if fault.kind != FaultKind.none { lastEffect.kind |= Effect.faulted }
    return answer
  }

  private mutating func perform(_ function: UInt32, _ asked: registers) -> registers {
    switch function {
    case VendorCall.uuid: return uuid()
    case VendorCall.features: return features()
    case VendorCall.memInfo, VendorCall.memShare, VendorCall.memUnshare:
      guard !manners.has(Manners.sharesNothing) else { return registers(Answer.notSupported) }
    case VendorCall.guardInfo, VendorCall.guardEnrol, VendorCall.guardMap, VendorCall.guardUnmap:
      guard !manners.has(Manners.guardsNothing) else { return registers(Answer.notSupported) }
    default: return registers(Answer.notSupported)
    }
    switch function {
    case VendorCall.memInfo:
      return registers(
        asked.x1 | asked.x2 | asked.x3 == 0 ? granule : Answer.invalidParameter)
    case VendorCall.memShare: return share(asked)
    case VendorCall.memUnshare: return unshare(asked)
    case VendorCall.guardInfo: return registers(pageBytes)
    case VendorCall.guardEnrol:
      devices.enrol()
      return registers(Answer.success)
    case VendorCall.guardMap: return mapDevice(asked.x1)
    default: return unmapDevice(asked.x1)
    }
  }

  /// The words of a UUID, little endian; one that is absent is -1 in 32 bits.
  private func uuid() -> registers {
    switch manners.uuid {
    case Manners.kvm: registers(0xB66F_B428, 0xE911_C52E, 0x564B_CAA9, 0x743A_004D)
    case Manners.gunyah: registers(0xCD8F_D5C1, 0xDB5F_53A4, 0x36CE_6592, 0x145F_3D67)
    case Manners.genieZone: registers(0xD04E_137E, 0x8D48_823B, 0xC169_EE8C, 0xE7DB_1192)
    default: registers(0xFFFF_FFFF)
    }
  }

  /// KVM's features: a bit for each of its calls, by their numbers.
  private func features() -> registers {
    guard manners.uuid == Manners.kvm else { return registers(Answer.notSupported) }
    var word: UInt64 = 1
    if manners.has(Manners.sharesNothing) { return registers(word | 1 << 1) }
    for call in [VendorCall.memInfo, VendorCall.memShare, VendorCall.memUnshare] {
      word |= 1 << UInt64(call & 0xFF)
    }
    guard !manners.has(Manners.guardsNothing) else { return registers(word) }
    return registers(word | 0b1111 << UInt64(VendorCall.guardInfo & 0xFF))
  }

  /// The first granule that a call names, and how many it asks for; nil where that breaks a rule.
  private func granules(_ asked: registers) -> (first: UInt64, count: UInt64)? {
    var first = asked.x1 & ~(granule - 1)
    if first != asked.x1, manners.has(Manners.refusesUnaligned) { return nil }
    if defect == .roundsUp, first != asked.x1 { first += granule }
    guard asked.x3 == 0 else { return nil }
    guard manners.has(Manners.sharesSeveral) else { return asked.x2 == 0 ? (first, 1) : nil }
    return (first, max(1, min(asked.x2, manners.batchLimit)))
  }

  private func granule(at address: UInt64) -> Range<UInt64>? {
    guard address <= UInt64.max - granule else { return nil }
    let range = address..<address + granule
    return ownership.isRAM(range) ? range : nil
  }

  private mutating func share(_ asked: registers) -> registers {
    guard let (first, count) = granules(asked) else { return registers(Answer.invalidParameter) }
    var done: UInt64 = 0
    var heldZeros = true
    while done < count, let range = granule(at: first + done * granule),
      ownership.isPrivate(range)
    {
      heldZeros = heldZeros && isZero(range)
      ownership.share(range, &pool)
      done += 1
    }
    // Beyond all that a guest can have it is refused.
    if done == 0, manners.has(Manners.waitsForMemory), first < 1 << 52, granule(at: first) == nil {
      // A guest that is never answered has nothing to tell: it goes on, and the judge is told.
      lastEffect.kind = Effect.neverAnswers
    }
    shares += done
    let answer = answer(done, Effect.becameShared, first)
    if done > 0, heldZeros { lastEffect.kind |= Effect.heldZeros }
    return answer
  }

  /// Whether whole pages hold nothing but zeros.
  private func isZero(_ range: Range<UInt64>) -> Bool {
    var at = range.lowerBound
    while at < range.upperBound {
      if r64(at) != 0 { return false }
      at += 8
    }
    return true
  }

  private mutating func unshare(_ asked: registers) -> registers {
    guard let (first, count) = granules(asked) else { return registers(Answer.invalidParameter) }
    var done: UInt64 = 0
    while done < count, let range = granule(at: first + done * granule), ownership.isShared(range),
      defect == .ignoresPins || ownership.isFree(range)
    {
      ownership.unshare(range)
      done += 1
    }
    unshares += done
    return answer(done, Effect.becamePrivate, first)
  }

  private mutating func answer(_ done: UInt64, _ kind: UInt64, _ first: UInt64) -> registers {
    guard done > 0 else { return registers(Answer.invalidParameter) }
    lastEffect = CallEffect(kind: kind, address: first, bytes: done * granule)
    if defect == .answersWrong, shares % 16 == 0 { return registers(1) }
    return registers(Answer.success, manners.has(Manners.sharesSeveral) ? done : 0, 0, 0)
  }

  private mutating func mapDevice(_ page: UInt64) -> registers {
    guard devices.isEnrolled, isPage(page), !devices.isDeclared(page) else {
      return registers(Answer.invalidParameter)
    }
    devices.declare(page, &pool)
    lastEffect = CallEffect(kind: Effect.mmioMapped, address: page)
    return registers(Answer.success)
  }

  private mutating func unmapDevice(_ page: UInt64) -> registers {
    guard isPage(page), devices.isDeclared(page) else { return registers(Answer.invalidParameter) }
    devices.withdraw(page)
    lastEffect = CallEffect(kind: Effect.mmioUnmapped, address: page)
    return registers(Answer.success)
  }

  private func isPage(_ address: UInt64) -> Bool {
    address % pageBytes == 0 && address <= UInt64.max - pageBytes
  }
}

extension registers {
  init(_ x0: UInt64) { self.init(x0: x0, x1: 0, x2: 0, x3: 0) }

  init(_ x0: UInt64, _ x1: UInt64, _ x2: UInt64, _ x3: UInt64) {
    self.init(x0: x0, x1: x1, x2: x2, x3: x3)
  }
}
