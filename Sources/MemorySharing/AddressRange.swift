/// A run of guest physical bytes, at least one, whose end fits in 64 bits.
public struct AddressRange: Equatable, Hashable, Sendable {
  public let start: PhysicalAddress
  /// Bytes; never 0.
  public let size: UInt64

  /// Checks the two rules that make a range.
  ///
  /// - Throws: `rangeIsEmpty` for a size of 0, `rangeOverflows` when `start + size` needs more than
  ///   64 bits.
  public init(start: PhysicalAddress, size: UInt64) throws(ShareError) {
    guard size != 0 else { throw .rangeIsEmpty(start: start) }
    guard !start.rawValue.addingReportingOverflow(size).overflow else {
      throw .rangeOverflows(start: start, size: size)
    }
    self.start = start
    self.size = size
  }

  /// A range whose rules the caller has already established.
  @usableFromInline
  package init(uncheckedStart start: UInt64, size: UInt64) {
    self.start = PhysicalAddress(start)
    self.size = size
  }

  /// The first address behind the range.
  @inlinable
  public var end: PhysicalAddress { PhysicalAddress(start.rawValue &+ size) }

  @inlinable
  public func contains(_ address: PhysicalAddress) -> Bool {
    address.rawValue &- start.rawValue < size
  }

  @inlinable
  public func contains(_ other: AddressRange) -> Bool {
    start <= other.start && other.end <= end
  }

  @inlinable
  public func overlaps(_ other: AddressRange) -> Bool {
    start < other.end && other.start < end
  }
}
