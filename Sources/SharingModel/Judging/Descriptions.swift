import MemorySharing

// The core's vocabulary in words, for evidence and reports. Firmware has no use for them.

extension AddressRange: CustomStringConvertible {
  public var description: String { "\(start)+\(hex(size))" }
}

extension PhysicalAddress: CustomStringConvertible {
  public var description: String { hex(rawValue) }
}

/// A number as hexadecimal text.
public func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

extension Layout: CustomStringConvertible {
  public var description: String { "\(size) bytes aligned to \(alignment)" }
}

extension ShareError: CustomStringConvertible {
  /// The error in words, with its evidence.
  public var description: String {
    switch self {
    case .sizeIsZero: "size is zero"
    case .alignmentIsNotAPowerOfTwo(let value): "alignment \(value) is not a power of two"
    case .sizeOverflows(let size): "size \(size) overflows"
    case .largerThanTheTopOrder(let layout): "larger than the top order: \(layout)"
    case .exhausted(let layout): "exhausted: \(layout)"
    case .outOfMetadata(let needed, let available):
      "out of metadata: \(needed) bytes needed, \(available) there"
    case .notAllocated(let address): "not allocated: \(address)"
    case .allocatedWithAnotherLayout(let address): "allocated with another layout: \(address)"
    case .rangeIsEmpty(let start): "range is empty: at \(start)"
    case .rangeOverflows(let start, let size): "range overflows: \(start)+\(hex(size))"
    case .rangeOverlaps(let range): "range overlaps: \(range)"
    case .rangeIsOutside(let range): "range is outside: \(range)"
    case .rangeIsMisaligned(let range): "range is misaligned: \(range)"
    case .rangeHoldsAddressZero(let range): "range holds address 0: \(range)"
    case .tooManyRegions: "too many regions"
    case .uninitialised: "uninitialised"
    case .alreadyInitialised: "already initialised"
    case .closed: "closed"
    case .hypercallFailed(let function, let address, let answer):
      "hypercall failed: \(hex(UInt64(function))) of \(hex(address)) answered \(answer)"
    case .granuleIsNotAPowerOfTwo(let value): "granule \(value) is not a power of two"
    case .unknownHypervisor: "unknown hypervisor"
    case .noStaticRange: "no static range"
    case .mmioGuardUnsupported: "no MMIO guard"
    case .mmioGranuleIsMisaligned(let granule): "MMIO granule \(granule) is misaligned"
    case .alreadyMapped(let address): "already mapped: \(address)"
    }
  }
}

extension Outcome: CustomStringConvertible {
  /// The outcome in words, as traces show it behind the arrow.
  public var description: String {
    switch self {
    case .skipped: "nothing to do"
    case .done: "done"
    case .address(let physical, nil): "\(physical)"
    case .address(let physical, let virtual?): "\(physical), seen at \(hex(virtual.rawValue))"
    case .unshared(let report):
      "granules: \(report.granulesUnshared) unshared, \(report.granulesQuarantined) quarantined; "
        + "regions: \(report.regionsReturned) returned, \(report.regionsKept) kept"
    case .unmapped(let report):
      "granules: \(report.unmapped) unmapped, \(report.stillMapped) still mapped"
    case .failed(let error): "threw \(error)"
    }
  }
}
