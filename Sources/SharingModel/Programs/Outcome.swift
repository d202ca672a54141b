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
  /// An error that has no name, by its code.
  case refused(UInt32)
  /// The guest has halted in the middle of the call, and says why. Nothing comes after it.
  case halted(String)
}

extension Outcome {
  /// Whether the call answered an error.
  public var isError: Bool {
    switch self {
    case .failed, .refused: true
    case .skipped, .done, .address, .unshared, .unmapped, .halted: false
    }
  }

  public var isHalt: Bool { if case .halted = self { true } else { false } }
}
