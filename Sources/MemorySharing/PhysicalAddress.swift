/// A guest physical address (an IPA: what the hypervisor and a device understand), in bytes.
///
/// The core computes in physical addresses only; alignment is promised in them.
public struct PhysicalAddress: Equatable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Whether the address is a multiple of `alignment`, a power of two.
  @inlinable
  public func isAligned(to alignment: UInt64) -> Bool { rawValue & (alignment &- 1) == 0 }
}

/// An address as the guest's own CPU uses it.
///
/// AOSP's firmware maps identity, so the two kinds are equal there; keeping them apart lets the
/// compiler, and a run with an offset between them, see a mix-up.
public struct VirtualAddress: Equatable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
