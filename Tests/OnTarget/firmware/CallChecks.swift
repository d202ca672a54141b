import MemorySharing

// What the hypervisor answers, asked without the core.

private enum Call {
  static var memInfo: UInt64 { 0xC600_0002 }
  static var memShare: UInt64 { 0xC600_0003 }
  static var memUnshare: UInt64 { 0xC600_0004 }
  static var guardInfo: UInt64 { 0xC600_0005 }
  static var guardMap: UInt64 { 0xC600_0007 }
  static var guardUnmap: UInt64 { 0xC600_0008 }
  static var unknown: UInt64 { 0xC600_0099 }
}

/// MEM_SHARE and MEM_UNSHARE as the checks use them for memory that no pool owns: x0.
func shareByHand(_ address: UInt64, count: UInt64 = 0) -> UInt64 {
  hvc(Call.memShare, address, count, 0).x0
}

func unshareByHand(_ address: UInt64, count: UInt64 = 0) -> UInt64 {
  hvc(Call.memUnshare, address, count, 0).x0
}

func checkCalls(_ manners: Manners, granule: UInt64) {
  check(hvc(Call.unknown, 0, 0, 0).x0 == Answer.notSupported, "an unknown call is answered -1")
  if manners.has(Manners.guardsNothing) {
    check(hvc(Call.guardInfo, 0, 0, 0).x0 == Answer.notSupported, "there is no MMIO guard")
  } else {
    check(hvc(Call.guardInfo, 0, 0, 0).x0 == 4096, "MMIO_GUARD_INFO answers 4096")
    check(
      hvc(Call.guardMap, Console.page, 0, 0).x0 & 0xFFFF_FFFF == Answer.invalidParameter
        & 0xFFFF_FFFF,
      "MMIO_GUARD_MAP is refused before ENROLL")
  }
  guard !manners.has(Manners.sharesNothing) else {
    for call in [Call.memInfo, Call.memShare, Call.memUnshare] {
      check(
        hvc(call, call == Call.memInfo ? 0 : Place.granule, 0, 0).x0 == Answer.notSupported,
        "a hypervisor that shares nothing answers -1")
    }
    return passed("hypercall answers: nothing is shared on demand")
  }
  checkSharing(granule)
  checkRefusals(manners, granule)
  if manners.has(Manners.sharesSeveral) { checkSeveral(granule) }
  check(Truth.sharedGranules == 0, "nothing is shared after the calls")
  passed("hypercall answers, good and bad")
}

private func checkSharing(_ granule: UInt64) {
  let page = Place.granule
  check(hvc(Call.memInfo, 0, 0, 0).x0 == granule, "MEMINFO answers the granule")
  check(hvc(Call.memInfo, 1, 0, 0).x0 == Answer.invalidParameter, "MEMINFO takes no argument")
  check(unshareByHand(page) == Answer.invalidParameter, "UNSHARE of a private granule is refused")
  check(Truth.lastEffect.kind == Effect.none, "a refused call changes nothing")
  check(shareByHand(page) == Answer.success, "SHARE of a private granule succeeds")
  let shared = Truth.CallEffect(kind: Effect.becameShared, address: page, bytes: granule)
  check(Truth.lastEffect == shared, "SHARE shares one granule, and this one")
  check(shareByHand(page) == Answer.invalidParameter, "SHARE of a shared granule is refused")
  check(Truth.sharedGranules == 1, "one granule is shared")
  check(Truth.sharedGranule(0) == page, "the granule that is shared is this one")
  check(unshareByHand(page) == Answer.success, "UNSHARE of a shared granule succeeds")
  check(unshareByHand(page) == Answer.invalidParameter, "a second UNSHARE is refused")
  check(Truth.isConsistent, "translations follow the calls")
}

private func checkRefusals(_ manners: Manners, _ granule: UInt64) {
  for address in Place.foreign {
    check(
      shareByHand(address) == Answer.invalidParameter, "SHARE of what is not the guest's is refused"
    )
    check(
      unshareByHand(address) == Answer.invalidParameter,
      "UNSHARE of what is not the guest's is refused")
  }
  check(
    hvc(Call.memShare, Place.granule, 0, 1).x0 == Answer.invalidParameter, "SHARE wants x3 to be 0")
  // Older ones round an address down, newer ones refuse it.
  let inside = Place.granule + granule / 2 + 8
  if manners.has(Manners.refusesUnaligned) {
    check(shareByHand(inside) == Answer.invalidParameter, "an address inside a granule is refused")
  } else {
    check(shareByHand(inside) == Answer.success, "an address inside a granule is rounded down")
    check(Truth.sharedGranule(0) == Place.granule, "the granule around the address is shared")
    check(unshareByHand(inside + 16) == Answer.success, "UNSHARE rounds down, too")
  }
  if !manners.has(Manners.sharesSeveral) {
    check(
      shareByHand(Place.granule, count: 1) == Answer.invalidParameter,
      "a number of granules is refused")
  }
}

/// Newer ones take a number of granules in x2, do what they can, and answer in x1 how many it was.
private func checkSeveral(_ granule: UInt64) {
  let answer = hvc(Call.memShare, Place.granule, 3, 0)
  check(answer.x0 == Answer.success && answer.x1 == 3, "SHARE of three granules shares three")
  check(Truth.sharedGranules == 3, "three granules are shared")
  check(
    shareByHand(Place.granule + 2 * granule, count: 2) == Answer.invalidParameter,
    "a run that begins with a shared granule is refused")
  check(
    hvc(Call.memUnshare, Place.granule, 5, 0).x1 == 3, "UNSHARE stops at the first private granule")
  let limit: UInt64 = 512
  check(
    hvc(Call.memShare, Place.many, limit + 1, 0).x1 == limit, "one SHARE does 512 granules at most")
  check(Truth.sharedGranules == limit, "as many granules are shared as SHARE says")
  check(
    hvc(Call.memUnshare, Place.many, .max, 0).x1 == limit, "UNSHARE takes any number of granules")
}

/// What the MMIO guard answers once the guest has enrolled, about a page that is nobody's.
func checkGuardAnswers(_ manners: Manners) {
  guard !manners.has(Manners.guardsNothing) else { return }
  let page: UInt64 = 0x3000_0000
  // As Android 13 has it, answers have 32 bits, with garbage above, and a success of UNMAP is -1.
  let isOld = manners.has(Manners.answersLikeAndroid13)
  let garbage: UInt64 = 0xDEAD_BEEF << 32
  let mapped = isOld ? garbage : Answer.success
  let unmapped = isOld ? garbage | 0xFFFF_FFFF : Answer.success
  let refused = isOld ? garbage | 0xFFFF_FFFD : Answer.invalidParameter
  check(hvc(Call.guardUnmap, page, 0, 0).x0 == refused, "UNMAP of what is not declared is refused")
  check(hvc(Call.guardMap, page, 0, 0).x0 == mapped, "MAP declares a page")
  check(Truth.lastEffect.kind == Effect.mmioMapped, "MAP has its effect")
  check(hvc(Call.guardMap, page, 0, 0).x0 == refused, "a second MAP is refused")
  check(hvc(Call.guardMap, page + 8, 0, 0).x0 == refused, "MAP of no page is refused")
  check(hvc(Call.guardUnmap, page, 0, 0).x0 == unmapped, "UNMAP withdraws a page")
  check(Truth.lastEffect.kind == Effect.mmioUnmapped, "UNMAP has its effect")
  check(hvc(Call.guardUnmap, page, 0, 0).x0 == refused, "a second UNMAP is refused")
  // What the CPU remembers of it has to go, too.
  check(faults(at: Place.clock), "a device that was in reach before ENROLL is not behind it")
  check(hvc(Call.guardMap, Place.clock, 0, 0).x0 == mapped, "MAP declares the clock")
  check(!faults(at: Place.clock), "the clock is in reach once it is declared")
  check(hvc(Call.guardUnmap, Place.clock, 0, 0).x0 == unmapped, "UNMAP withdraws the clock")
  check(faults(at: Place.clock), "a device that was withdrawn is out of reach")
  passed(isOld ? "the MMIO guard answers in 32 bits" : "the MMIO guard answers in 64 bits")
}

/// What the core makes of the answers.
func checkDetection(_ manners: Manners, _ hypervisor: Hypervisor) {
  let isExpected =
    switch hypervisor {
    case .protectedKVM:
      manners.uuid == Manners.kvm && !manners.has(Manners.guardsNothing)
    case .unguardedKVM:
      manners.uuid == Manners.kvm && manners.has(Manners.guardsNothing)
        && !manners.has(Manners.sharesNothing)
    case .plainKVM: manners.uuid == Manners.kvm && manners.has(Manners.sharesNothing)
    case .gunyah: manners.uuid == Manners.gunyah
    case .genieZone: manners.uuid == Manners.genieZone
    }
  check(isExpected, "the core detects the hypervisor")
  switch hypervisor {
  case .protectedKVM: passed("the core detects protected KVM")
  case .unguardedKVM: passed("the core detects protected KVM without an MMIO guard")
  case .plainKVM: passed("the core detects plain KVM")
  case .gunyah: passed("the core detects Gunyah")
  case .genieZone: passed("the core detects GenieZone")
  }
}
