import MemorySharing

/// The tables of spec §5, one function a call.
extension SimulatedMonitor {
  func perform(
    _ function: HypercallFunction?, _ asked: HypercallRegisters, _ effect: inout HypercallEffect
  ) -> HypercallRegisters {
    if function == .mmioGuardInfo, let answer = configuration.behaviour.mmioGuardInfo {
      return HypercallRegisters(answer)
    }
    switch function {
    case nil: return .notSupported
    case .vendorUID: return vendorUID()
    case .features: return features()
    case .memInfo, .memShare, .memUnshare:
      if let refusal = refusal(configuration.behaviour.sharing) { return refusal }
    case .mmioGuardInfo, .mmioGuardEnroll, .mmioGuardMap, .mmioGuardUnmap:
      if let refusal = refusal(configuration.behaviour.mmioGuard) { return refusal }
    }
    switch function {
    case .memInfo: return memInfo(asked)
    case .memShare: return memShare(asked, &effect)
    case .memUnshare: return memUnshare(asked, &effect)
    case .mmioGuardInfo: return HypercallRegisters(configuration.mmioGranule)
    case .mmioGuardEnroll:
      isEnrolled = true
      return .success
    case .mmioGuardMap: return mmioMap(asked, &effect)
    case .mmioGuardUnmap: return mmioUnmap(asked, &effect)
    case nil, .vendorUID, .features: return .notSupported
    }
  }

  private func refusal(_ support: ServiceSupport) -> HypercallRegisters? {
    switch support {
    case .present: nil
    case .notSupported: .notSupported
    case .notRequired: .notRequired
    }
  }

  /// An absent UUID answers NOT_SUPPORTED in 32 bits, as SMCCC says of 32-bit calls.
  private func vendorUID() -> HypercallRegisters {
    guard let uuid = configuration.behaviour.uuid else { return HypercallRegisters(0xFFFF_FFFF) }
    let above: UInt64 = configuration.behaviour.hasGarbageAboveWords ? 0xDEAD_BEEF_0000_0000 : 0
    return HypercallRegisters(
      above | UInt64(uuid.w0), above | UInt64(uuid.w1), above | UInt64(uuid.w2),
      above | UInt64(uuid.w3))
  }

  /// Only KVM has the call. Bit n is that of its call n; plain KVM has bit 1, too, that of PTP.
  private func features() -> HypercallRegisters {
    let behaviour = configuration.behaviour
    guard behaviour.uuid == .kvm else { return .notSupported }
    guard behaviour.sharing == .present else { return HypercallRegisters(0b11) }
    return HypercallRegisters(behaviour.mmioGuard == .present ? 0b1_1111_1101 : 0b1_1101)
  }

  private func memInfo(_ asked: HypercallRegisters) -> HypercallRegisters {
    guard asked.x1 | asked.x2 | asked.x3 == 0 else { return .invalidParameter }
    return HypercallRegisters(configuration.granule.bytes)
  }

  private func memShare(
    _ asked: HypercallRegisters, _ effect: inout HypercallEffect
  ) -> HypercallRegisters {
    guard let run = granules(asked, satisfying: { isRAM($0) && !shared.overlaps($0) }) else {
      if neverAnswers(asked) { effect = .neverAnswers }
      return .invalidParameter
    }
    shared.insert(run)
    effect = .becameShared(run)
    return done(run)
  }

  /// Whether the guest never gets an answer: a good SHARE, but of an address without memory. Beyond
  /// all that a guest can have, which is 52 bits at most, it is refused.
  public func neverAnswers(_ asked: HypercallRegisters) -> Bool {
    configuration.behaviour.waitsForMemory
      && UInt32(truncatingIfNeeded: asked.x0) == HypercallFunction.memShare.rawValue
      && asked.x1 < 1 << 52
      && granules(asked, satisfying: { !isRAM($0) }) != nil
  }

  private func memUnshare(
    _ asked: HypercallRegisters, _ effect: inout HypercallEffect
  ) -> HypercallRegisters {
    let run = granules(asked) { isRAM($0) && shared.contains($0) && !pinned.overlaps($0) }
    guard let run else { return .invalidParameter }
    shared.remove(run)
    effect = .becamePrivate(run)
    return done(run)
  }

  /// The granules that a call is about: as many from x1 on as satisfy the condition, at least one.
  private func granules(
    _ asked: HypercallRegisters, satisfying condition: (AddressRange) -> Bool
  ) -> AddressRange? {
    let behaviour = configuration.behaviour
    guard asked.x3 == 0, behaviour.sharesSeveral || asked.x2 == 0 else { return nil }
    let granule = configuration.granule.bytes
    let start = asked.x1 & ~(granule - 1)
    guard start == asked.x1 || !behaviour.refusesUnaligned else { return nil }

    let wanted = max(1, min(asked.x2, behaviour.batchLimit))
    var size: UInt64 = 0
    for _ in 0..<wanted {
      let address = PhysicalAddress(start &+ size)
      guard !address.rawValue.addingReportingOverflow(granule).overflow,
        condition(AddressRange(uncheckedStart: address.rawValue, size: granule))
      else { break }
      size += granule
    }
    return size == 0 ? nil : AddressRange(uncheckedStart: start, size: size)
  }

  private func isRAM(_ range: AddressRange) -> Bool {
    for ram in configuration.ram where ram.contains(range) { return true }
    return false
  }

  private func done(_ run: AddressRange) -> HypercallRegisters {
    let count = configuration.behaviour.sharesSeveral ? run.size / configuration.granule.bytes : 0
    return HypercallRegisters(0, count)
  }
}

/// The MMIO guard.
extension SimulatedMonitor {
  private func mmioMap(
    _ asked: HypercallRegisters, _ effect: inout HypercallEffect
  ) -> HypercallRegisters {
    guard isEnrolled, let page = mmioPage(asked.x1), !mmio.overlaps(page) else {
      return .invalidParameter
    }
    mmio.insert(page)
    effect = .mmioMapped(page.start)
    return .success
  }

  private func mmioUnmap(
    _ asked: HypercallRegisters, _ effect: inout HypercallEffect
  ) -> HypercallRegisters {
    guard let page = mmioPage(asked.x1), mmio.contains(page) else { return .invalidParameter }
    mmio.remove(page)
    effect = .mmioUnmapped(page.start)
    return .success
  }

  /// The MMIO granule at an address; nil for one that is not aligned or leaves 64 bits.
  private func mmioPage(_ address: UInt64) -> AddressRange? {
    let granule = configuration.mmioGranule
    guard address % granule == 0, !address.addingReportingOverflow(granule).overflow else {
      return nil
    }
    return AddressRange(uncheckedStart: address, size: granule)
  }

  /// A failing answer that this hypervisor's guest takes for a failure: Android 13's good UNMAP
  /// answers -1.
  func failure(_ answer: Int64, of function: HypercallFunction?) -> Int64 {
    let isTakenForGood =
      configuration.behaviour.answersLikeAndroid13 && function == .mmioGuardUnmap && answer == -1
    return isTakenForGood ? -3 : answer
  }

  /// Garbage that this hypervisor's guest takes for garbage: Android 13 answers MAP and UNMAP in 32
  /// bits, of which 0 would be a good answer.
  func garbage(_ answer: UInt64, of function: HypercallFunction?) -> UInt64 {
    let isCut =
      configuration.behaviour.answersLikeAndroid13
      && (function == .mmioGuardMap || function == .mmioGuardUnmap)
    return isCut && UInt32(truncatingIfNeeded: answer) == 0 ? answer | 3 : answer
  }

  /// What Android 13 makes of an answer: 32 bits under garbage for MAP and UNMAP, and -1 for a good
  /// UNMAP.
  func android13Answer(
    _ x0: UInt64, to function: HypercallFunction?, _ effect: HypercallEffect
  ) -> UInt64 {
    guard function == .mmioGuardMap || function == .mmioGuardUnmap else { return x0 }
    let isGoodUnmap = function == .mmioGuardUnmap && x0 == 0
    let answersMinusOne = isGoodUnmap && !configuration.behaviour.unmapAnswersZero
    let word = answersMinusOne ? UInt32.max : UInt32(truncatingIfNeeded: x0)
    return 0xDEAD_BEEF_0000_0000 | UInt64(word)
  }
}
