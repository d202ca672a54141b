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
    case .failed(let error): "threw \(error)"
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
