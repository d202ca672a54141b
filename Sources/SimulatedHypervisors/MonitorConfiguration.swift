import MemorySharing

/// Whether a hypervisor has a group of calls, and what it answers if it has not.
public enum ServiceSupport: Equatable, Sendable {
  case present
  /// -1.
  case notSupported
  /// -2, as GenieZone may.
  case notRequired
}

/// The manners of one hypervisor: what spec §5 leaves open.
public struct MonitorBehaviour: Equatable, Sendable {
  /// What the vendor UID call answers; nil is a hypervisor without one (-1 in w0).
  public var uuid: UUIDWords?
  /// MEMINFO, MEM_SHARE, MEM_UNSHARE.
  public var sharing: ServiceSupport = .present
  /// The four MMIO_GUARD calls.
  public var mmioGuard: ServiceSupport = .present
  /// False rounds an unaligned address down silently; true refuses it.
  public var refusesUnaligned: Bool = false
  /// False refuses an x2 that is not 0; true takes it for a number of granules, 0 being one, and
  /// answers in x1 how many were done.
  public var sharesSeveral: Bool = false
  /// With `sharesSeveral`: how many granules one call does at most. Positive.
  public var batchLimit: UInt64 = 512
  /// MMIO_GUARD_MAP and UNMAP answer in 32 bits under garbage, and a good UNMAP answers -1.
  public var answersLikeAndroid13: Bool = false
  /// With that: a good UNMAP answers 0.
  public var unmapAnswersZero: Bool = false
  /// A SHARE of an address without memory is put to the host, which has none to give: the guest
  /// gets an external abort at its HVC in place of an answer. False refuses it.
  public var waitsForMemory: Bool = false
  /// Whether the words of the UUID lie under garbage.
  public var hasGarbageAboveWords: Bool = false
  /// What MMIO_GUARD_INFO answers in place of the machine's MMIO granule, if it does.
  public var mmioGuardInfo: UInt64?

  public init(uuid: UUIDWords?) { self.uuid = uuid }
}

/// One hypervisor with its machine.
public struct MonitorConfiguration: Equatable, Sendable {
  public var behaviour: MonitorBehaviour
  public var granule: Granule
  /// What MMIO_GUARD_INFO answers, in bytes.
  public var mmioGranule: UInt64
  /// Where there is RAM; sorted ranges that neither overlap nor touch.
  public var ram: [AddressRange]

  public init(
    behaviour: MonitorBehaviour, granule: Granule, ram: [AddressRange], mmioGranule: UInt64 = 4096
  ) {
    self.behaviour = behaviour
    self.granule = granule
    self.ram = ram
    self.mmioGranule = mmioGranule
  }
}
