/// What the firmware around a sharer does for it.
public protocol Platform {
  /// Makes one hypercall with an address, and answers x0.
  func hypercall(_ function: UInt64, _ address: UInt64) -> UInt64
  func zero(_ bytes: Range<UInt64>)
  /// Takes zeroed memory from the heap, aligned to its size; nil where there is none.
  func takeRegion(size: UInt64) -> Range<UInt64>?
  /// Gives memory back to the heap; false where the heap does not take it.
  func giveBack(_ region: Range<UInt64>) -> Bool
  /// Called for a granule that the host can still reach, of which nobody was told: the guest must
  /// stop.
  func abandon(_ granule: Range<UInt64>)
}
