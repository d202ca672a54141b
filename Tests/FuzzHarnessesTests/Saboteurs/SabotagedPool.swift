import FuzzHarnesses
import MemorySharing

/// The core's pool with one thing wrong.
struct SabotagedPool<Hypervisor: MemorySharingHypervisor, Memory: GuestMemory>: SharingPool,
  ~Copyable
{
  enum Sabotage: CaseIterable {
    case servesWhenClosed, initialisesTwice, reportsNothing, servesAnotherBuffer
    case refusesAtRandom, freesInSilence, countsGranulesTwice, forgetsTheQuarantine, reportsAgain

    /// Part of what the machine must say of it.
    var evidence: String {
      switch self {
      case .servesWhenClosed: "nothing can be served now"
      case .initialisesTwice: "it should be already initialised"
      case .reportsNothing: "regions went back"
      case .servesAnotherBuffer: "lies in no region of the sharer"
      case .refusesAtRandom: "no call had failed"
      case .freesInSilence: "the pool is"
      case .countsGranulesTwice: "granules were unshared"
      case .forgetsTheQuarantine: "the host may reach"
      case .reportsAgain: "there was nothing to do"
      }
    }
  }

  var base: CorePool<Hypervisor, Memory>
  let sabotage: Sabotage
  private var calls = 0
  private var reported = UnshareReport()

  init(_ base: consuming CorePool<Hypervisor, Memory>, _ sabotage: Sabotage) {
    self.base = base
    self.sabotage = sabotage
  }

  mutating func initialise(
    for support: SharingSupport, staticRange: (start: UInt64, size: UInt64)?,
    in map: inout MemoryMap
  ) throws(ShareError) {
    do throws(ShareError) {
      try base.initialise(for: support, staticRange: staticRange, in: &map)
    } catch {
      if sabotage != .initialisesTwice || error != .alreadyInitialised { throw error }
    }
  }

  mutating func allocateShared(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    calls += 1
    if sabotage == .refusesAtRandom, base.backing == .dynamic, calls % 3 == 0 {
      throw .noStaticRange
    }
    do throws(ShareError) {
      let address = try base.allocateShared(layout)
      return sabotage == .servesAnotherBuffer
        ? PhysicalAddress(address.rawValue ^ 1 << 20) : address
    } catch {
      guard sabotage == .servesWhenClosed, error == .closed else { throw error }
      return PhysicalAddress(0x8000_0000)
    }
  }

  mutating func deallocateShared(
    _ address: PhysicalAddress, _ layout: Layout
  ) throws(ShareError) {
    if sabotage != .freesInSilence { try base.deallocateShared(address, layout) }
  }

  mutating func unshareAll() -> UnshareReport {
    var report = base.unshareAll()
    switch sabotage {
    case .reportsNothing: return UnshareReport()
    case .countsGranulesTwice: report.granulesUnshared *= 2
    case .forgetsTheQuarantine: report.granulesQuarantined = 0
    case .reportsAgain:
      if report.isEmpty { report = reported }
      reported = report
    default: break
    }
    return report
  }

  mutating func dmaAlloc(
    pages: UInt64, direction: BufferDirection
  ) throws(ShareError) -> DMABuffer {
    try base.dmaAlloc(pages: pages, direction: direction)
  }

  mutating func dmaDealloc(_ address: PhysicalAddress, pages: UInt64) throws(ShareError) {
    try base.dmaDealloc(address, pages: pages)
  }

  mutating func share(
    _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) -> PhysicalAddress {
    try base.share(buffer, direction: direction)
  }

  mutating func unshare(
    _ bounce: PhysicalAddress, _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) {
    try base.unshare(bounce, buffer, direction: direction)
  }
}
