import MemorySharing
import SharingModel

extension ShareError {
  /// What each error is called, at the place that `number` says.
  package static var names: [String] {
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
