import MemorySharing
import SharingModel

extension Outcome {
  /// The outcome in words, as traces show it behind the arrow.
  public var text: String {
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
    case .failed(let error): "threw \(error.text)"
    }
  }
}

extension ShareError {
  /// The error in words, with its evidence.
  public var text: String {
    switch self {
    case .sizeIsZero: "size is zero"
    case .alignmentIsNotAPowerOfTwo(let value): "alignment \(value) is not a power of two"
    case .sizeOverflows(let size): "size \(size) overflows"
    case .largerThanTheTopOrder(let layout): "larger than the top order: \(layout.text)"
    case .exhausted(let layout): "exhausted: \(layout.text)"
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

extension ShareError {
  /// What each error is called, at the place that `number` says.
  static var names: [String] {
    [
      "none", "size is zero", "alignment is not a power of two", "size overflows",
      "larger than the top order", "exhausted", "out of metadata", "not allocated",
      "allocated with another layout", "range is empty", "range overflows", "range overlaps",
      "range is outside", "range is misaligned", "range holds address 0", "too many regions",
      "uninitialised", "already initialised", "closed", "hypercall failed",
      "granule is not a power of two", "unknown hypervisor", "no static range", "no MMIO guard",
      "MMIO granule is misaligned", "already mapped",
    ]
  }
}

extension Layout {
  fileprivate var text: String { "\(size) bytes aligned to \(alignment)" }
}
