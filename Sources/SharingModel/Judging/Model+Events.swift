import MemorySharing
import SimulatedHypervisors

// What port events tell. Event invariants have looked at an event before it is applied here.

extension Model {
  public func apply(_ event: PortEvent) {
    if !record.sawEvent { keepPreCallState() }
    switch event {
    case .hypercall(let call): apply(call)
    case .heapAllocated(let range, let alignment):
      heap.take(heapBlock(range, alignment: alignment))
      regions.append(range)
      regionAlignments.append(alignment)
      record.regionsTaken.append(range)
      record.regionsTouched.append(range)
      if judgesCalls { protocolCalls.took(range, alignment: alignment) }
    case .heapFreed(let range, let alignment):
      heap.give(heapBlock(range, alignment: alignment))
      forget(range)
      record.regionsTaken.removeAll { $0 == range }
      record.regionsReturned.append(range)
      pool.take(range)
      if judgesCalls { protocolCalls.gaveBack(range) }
    case .heapRefused(let layout, let onPurpose):
      if onPurpose { record.heapFailed = true }
      record.layoutRefused = layout
      if judgesCalls { protocolCalls.wasRefused(layout) }
    case .heapRefusedFree(let range):
      refused.append(range)
      if judgesCalls { protocolCalls.gaveBack(range) }
    case .abandoned(let range): abandoned.insert(range)
    case .memoryZeroed(let range): record.written.append(range)
    case .memoryCopied(let from, let to):
      record.read.append(from)
      record.written.append(to)
    case .memoryStored(let range, _): record.stored.append(range)
    case .memoryFilled: break
    }
  }

  /// Whether the system promises the calls of the specification, each in its place.
  var judgesCalls: Bool { shown.contains(.callOrder) }

  private func forget(_ region: AddressRange) {
    guard let index = regions.firstIndex(of: region) else { return }
    regions.remove(at: index)
    regionAlignments.remove(at: index)
  }

  /// The heap's block that serves a region: larger than the region where that is no block of its
  /// own.
  func heapBlock(_ region: AddressRange, alignment: UInt64) -> AddressRange {
    AddressRange(
      uncheckedStart: region.start.rawValue,
      size: heap.blockSize(region.size, alignment) ?? region.size)
  }

  /// Keeps what a call that throws must leave alone, as it is now.
  private func keepPreCallState() {
    record.sawEvent = true
    before.regions.clear()
    before.regions.append(contentsOf: regions)
    before.reach.copy(reach)
    before.mmio.copy(mmio)
  }

  private func apply(_ call: HypercallEvent) {
    switch call.effect {
    case .none: break
    case .becameShared(let range): reach.insert(range)
    case .becamePrivate(let range): reach.remove(range)
    case .mmioMapped(let address): mmio.insert(mmioGranule(address))
    case .mmioUnmapped(let address): mmio.remove(mmioGranule(address))
    case .neverAnswers: break
    }
    guard let function = call.known else {
      if judgesCalls { protocolCalls.calledUnknown(call) }
      return
    }
    let good = isGood(call, function)
    if !good, record.firstFailure == nil { record.firstFailure = call }
    if judgesCalls { protocolCalls.called(function, call, isGood: good) }
    switch function {
    case .memInfo: record.memInfoCalls += 1
    case .memShare:
      guard let granule = granule(at: call.x1) else { return }
      if good { record.granulesShared += 1 } else { uncertain.insert(granule) }
    case .memUnshare:
      guard let granule = granule(at: call.x1) else { return }
      if good {
        uncertain.remove(granule)
        record.granulesUnshared += 1
      } else {
        uncertain.insert(granule)
      }
    case .mmioGuardMap:
      // A failed MAP may have taken effect, and may not.
      let granule = mmioGranule(PhysicalAddress(call.x1))
      if good { mmioUncertain.remove(granule) } else { mmioUncertain.insert(granule) }
    case .mmioGuardUnmap:
      let granule = mmioGranule(PhysicalAddress(call.x1))
      if good {
        mmioUncertain.remove(granule)
        record.mmioUnmapped += 1
      } else {
        mmioUncertain.insert(granule)
        mmioStuck.insert(granule)
      }
    case .vendorUID, .features, .mmioGuardInfo, .mmioGuardEnroll: break
    }
  }

  /// Whether the guest must take the answer for a good one (spec §5).
  func isGood(_ call: HypercallEvent, _ function: HypercallFunction) -> Bool {
    let answer = Int64(bitPattern: call.answer)
    let lower = Int32(truncatingIfNeeded: answer)
    switch function {
    case .memInfo: return answer > 0 && Self.isPowerOfTwo(call.answer)
    case .mmioGuardInfo: return answer > 0 && answer % 4096 == 0
    case .memShare, .memUnshare, .mmioGuardEnroll: return answer == 0
    case .mmioGuardMap: return hasAndroid13Answers ? lower == 0 : answer == 0
    case .mmioGuardUnmap: return hasAndroid13Answers ? lower == 0 || lower == -1 : answer == 0
    case .features:
      // Bits 2 to 4 share, bits 5 to 8 guard; one that guards does not come to be asked.
      let sharing = lower & 0x1C
      return lower == -1 || lower & 0x1E1 == 1 && (sharing == 0 || sharing == 0x1C)
    case .vendorUID: return true
    }
  }

  /// The granule that holds an address; nil for the last one of the address space.
  public func granule(at address: UInt64) -> AddressRange? {
    let start = address / configuration.granule * configuration.granule
    guard !start.addingReportingOverflow(configuration.granule).overflow else { return nil }
    return AddressRange(uncheckedStart: start, size: configuration.granule)
  }

  /// The MMIO granule that holds an address; of the last one of the address space, what 64 bits
  /// hold.
  func mmioGranule(_ address: PhysicalAddress) -> AddressRange {
    let size = configuration.mmioGranule
    let start = address.rawValue / size * size
    return AddressRange(uncheckedStart: start, size: min(size, .max - start))
  }

  /// Whether the guest has mapped any of these MMIO granules, or could not unmap it.
  func isMapped(_ granules: AddressRange) -> Bool {
    mmioStuck.overlaps(granules)
      || mapped.contains { mmioGranules(of: $0)?.overlaps(granules) == true }
  }

  /// Whether a guard whose records are full may take granules for stuck ones: they lie between two
  /// that are (spec §5).
  func mayPassForStuck(_ granules: AddressRange) -> Bool {
    guard mayBeFullOfRecords, let first = mmioStuck.ranges.first, let last = mmioStuck.ranges.last
    else { return false }
    return first.start < granules.end && granules.start < last.end
  }

  /// The whole MMIO granules that a range touches; nil where they leave 64 bits.
  func mmioGranules(of range: AddressRange) -> AddressRange? {
    let size = configuration.mmioGranule
    let start = range.start.rawValue / size * size
    let (end, overflow) = ((range.end.rawValue - 1) / size * size).addingReportingOverflow(size)
    return overflow ? nil : AddressRange(uncheckedStart: start, size: end - start)
  }
}
