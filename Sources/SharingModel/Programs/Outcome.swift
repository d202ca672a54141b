import MemorySharing

/// What a call answered.
public enum Outcome: Equatable, Sendable {
  /// There was nothing to do: the command names a slot that never held what it needs.
  case skipped
  case done
  /// A buffer's address, and the one under which the guest sees it where the call tells.
  case address(PhysicalAddress, VirtualAddress?)
  case unshared(UnshareReport)
  case unmapped(MMIOReport)
  case failed(ShareError)
}
