import MemorySharing
import SimulatedHypervisors

/// What is wrong with a request, as the model sees it; any error that names one of its faults will
/// do.
public enum RequestFault: String, CaseIterable, Equatable, Sendable {
  case sizeIsZero = "a size of 0"
  case alignmentIsNoPowerOfTwo = "an alignment that is not a power of two"
  case overflow = "a sum or rounding beyond 64 bits"
  case aboveTheTopOrder = "a block above the top order"
  case uninitialised = "a pool that no init has made"
  case closed = "a closed pool"
  case alreadyInitialised = "a second init"
  case noStaticRange = "no static range"
  case rangeIsEmpty = "an empty range"
  case rangeIsMisaligned = "a misaligned range"
  case rangeOverlaps = "an overlapping range"
  case rangeIsOutside = "a range outside memory"
  case rangeAtZero = "a range that holds address 0"
  case tooManyRegions = "one region too many"
  case notAllocated = "a free of what is not allocated so"
  case alreadyMapped = "an MMIO granule that is mapped already"
  case noGuard = "a hypervisor without an MMIO guard"
  case hypervisorIsUnknown = "a hypervisor that nobody knows"
  case mmioGuardIsBroken = "an MMIO guard that answers INFO with what is no granule"
  case metadataIsScant = "too little storage for metadata"
}

extension Model {
  /// The faults of a call in the state that the model is in (spec §3.5 to §3.8, §4, §6).
  func faults(of call: GuestCall) -> [RequestFault] {
    var faults: [RequestFault] = []
    switch call {
    case .initialise(let kind, let range): faults = self.faults(ofInit: kind, range)
    case .allocateShared(let size, let alignment):
      faults = stateFaults + layoutFaults(size, alignment, pool)
    case .dmaAlloc(let pages, _):
      faults = stateFaults + pageFaults(pages)
    case .share(let buffer, _):
      faults = stateFaults + bufferFaults(buffer) + layoutFaults(buffer.size, 16, pool)
    case .heapAllocate(let size, let alignment, _):
      faults = layoutFaults(size, alignment, heap)
    case .deallocateShared(let address, let size, let alignment):
      faults = stateFaults + freeFaults(address, size, alignment, inHeap: false)
    case .dmaDealloc(let address, let pages):
      let (size, overflow) = pages.multipliedReportingOverflow(by: 4096)
      faults =
        stateFaults
        + (overflow ? [.overflow] : freeFaults(address, size, 4096, inHeap: false))
    case .unshare(let address, let buffer, _):
      faults = stateFaults + bufferFaults(buffer)
      if faults.isEmpty { faults = freeFaults(address, buffer.size, 16, inHeap: false) }
    case .heapDeallocate(let address, let size, let alignment):
      faults = freeFaults(address, size, alignment, inHeap: true)
    case .mapMMIO(let range): faults = mapFaults(range)
    case .heapAdd(let start, let size): faults = addFaults(start, size)
    case .detect: faults = detectionFaults
    case .unmapAllMMIO, .unshareAll, .drop: break
    }
    return faults
  }

  private var stateFaults: [RequestFault] {
    switch state {
    case .uninitialised: [.uninitialised]
    case .open: []
    case .closed: [.closed]
    }
  }

  private func layoutFaults(
    _ size: UInt64, _ alignment: UInt64, _ set: FreeSet
  ) -> [RequestFault] {
    var faults: [RequestFault] = []
    if size == 0 { faults.append(.sizeIsZero) }
    if !Self.isPowerOfTwo(alignment) { faults.append(.alignmentIsNoPowerOfTwo) }
    guard faults.isEmpty else { return faults }
    guard let block = set.blockSize(size, alignment) else { return [.overflow] }
    return block > set.largest ? [.aboveTheTopOrder] : []
  }

  private func pageFaults(_ pages: UInt64) -> [RequestFault] {
    let (size, overflow) = pages.multipliedReportingOverflow(by: 4096)
    return overflow ? [.overflow] : layoutFaults(size, 4096, pool)
  }

  private func bufferFaults(_ buffer: GuestBuffer) -> [RequestFault] {
    let start = buffer.address.rawValue &- configuration.virtualOffset
    let overflow = start.addingReportingOverflow(buffer.size).overflow
    return (overflow ? [.overflow] : []) + (buffer.size == 0 ? [.sizeIsZero] : [])
  }

  private func freeFaults(
    _ address: PhysicalAddress, _ size: UInt64, _ alignment: UInt64, inHeap: Bool
  ) -> [RequestFault] {
    var faults: [RequestFault] = []
    if size == 0 { faults.append(.sizeIsZero) }
    if !Self.isPowerOfTwo(alignment) { faults.append(.alignmentIsNoPowerOfTwo) }
    guard faults.isEmpty else { return faults }
    let block = (inHeap ? heap : pool).blockSize(size, alignment)
    let isLive = live.contains {
      $0.isHeap == inHeap && $0.address == address && $0.block == block
    }
    return isLive ? [] : [.notAllocated] + (block == nil ? [.overflow] : [])
  }

  private func faults(ofInit kind: Initialisation, _ range: StaticRange?) -> [RequestFault] {
    switch state {
    case .open: return [.alreadyInitialised]
    case .closed: return [.closed]
    case .uninitialised: break
    }
    let lack: [RequestFault] = storage.isScant ? [.metadataIsScant] : []
    guard backing == .fixed else { return lack }
    switch kind {
    case .standard, .dynamic, .fixed, .heap:
      // A good range that holds no whole block leaves nothing to allocate from.
      return lack + (holdsBlock(configuration.staticRange) ? [] : [.rangeIsEmpty])
    case .withoutRange: return [.noStaticRange]
    case .emptyRange: return [.rangeIsEmpty]
    case .overflowingRange: return [.overflow]
    case .unalignedAddress, .unalignedSize: return [.rangeIsMisaligned, .rangeIsOutside]
    case .overlappingRange:
      // At the very top the page does not end in 64 bits.
      return [.rangeOverlaps, .rangeIsOutside, .rangeAtZero, .overflow]
    case .outsideRange: return [.rangeIsOutside, .rangeOverlaps]
    case .crowdedMap: return [.tooManyRegions]
    case .rangeAtZero: return [.rangeAtZero, .rangeOverlaps, .rangeIsOutside]
    }
  }

  private func mapFaults(_ range: AddressRange) -> [RequestFault] {
    if !hasMMIOGuard { return [.noGuard] }
    guard let granules = mmioGranules(of: range) else { return [.overflow] }
    if !configuration.deviceMemory.contains(granules) { return [.rangeIsOutside] }
    if isMapped(granules) { return [.alreadyMapped] }
    // The guard keeps a record of each region, and at least one of what is stuck.
    let least = UInt64(mapped.count) + (mmioStuck.isEmpty ? 0 : 1)
    if least < configuration.mmioRecords { return [] }
    return [.tooManyRegions] + (mayPassForStuck(granules) ? [.alreadyMapped] : [])
  }

  /// A UUID that is nobody's, or a KVM or MMIO guard that is neither one thing nor another.
  private var detectionFaults: [RequestFault] {
    if backend.uuid(in: configuration.disguise) != backend.behaviour.uuid {
      return [.hypervisorIsUnknown]
    }
    return backend.behaviour(in: configuration.disguise).mmioGuardInfo == nil
      ? [] : [.mmioGuardIsBroken]
  }

  private func addFaults(_ start: UInt64, _ size: UInt64) -> [RequestFault] {
    if size == 0 { return [.rangeIsEmpty] }
    let (end, overflow) = start.addingReportingOverflow(size)
    if overflow { return [.overflow] }
    let block = configuration.minimumBlock
    guard let first = roundedUp(start, to: block), first < end / block * block else {
      return [.rangeIsEmpty]
    }
    let whole = AddressRange(uncheckedStart: first, size: end / block * block - first)
    var faults: [RequestFault] = configuration.arena.contains(whole) ? [] : [.rangeIsOutside]
    if whole.start < heapEnd { faults.append(.rangeOverlaps) }
    return faults
  }

  /// Whether a whole smallest block lies in a range.
  private func holdsBlock(_ range: AddressRange) -> Bool {
    let block = configuration.minimumBlock
    guard let first = roundedUp(range.start.rawValue, to: block) else { return false }
    return first < range.end.rawValue / block * block
  }

  private func roundedUp(_ value: UInt64, to unit: UInt64) -> UInt64? {
    let (sum, overflow) = value.addingReportingOverflow(unit - 1)
    return overflow ? nil : sum / unit * unit
  }

  static func isPowerOfTwo(_ value: UInt64) -> Bool { value.nonzeroBitCount == 1 }
}
