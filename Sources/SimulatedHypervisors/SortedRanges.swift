import MemorySharing

/// A set of addresses as sorted ranges that neither overlap nor touch.
///
/// Every operation takes time in the logarithm of the number of ranges, or in the number of ranges
/// that it changes or moves.
public struct SortedRanges: Equatable, Sendable {
  public private(set) var ranges: [AddressRange] = []

  public init() {}

  public var isEmpty: Bool { ranges.isEmpty }

  /// Bytes in all ranges together.
  public var size: UInt64 { ranges.reduce(0) { $0 &+ $1.size } }

  public mutating func removeAll() { ranges.clear() }

  /// Becomes the same set as another, in storage of its own.
  public mutating func copy(_ other: SortedRanges) {
    ranges.clear()
    ranges.append(contentsOf: other.ranges)
  }

  public func contains(_ address: PhysicalAddress) -> Bool {
    let index = firstIndex(endingAfter: address.rawValue)
    return index < ranges.count && ranges[index].start <= address
  }

  /// Whether every byte of the range is in the set.
  public func contains(_ range: AddressRange) -> Bool { self.range(containing: range) != nil }

  /// The range of the set that holds every byte of this one.
  public func range(containing range: AddressRange) -> AddressRange? {
    let index = firstIndex(endingAfter: range.start.rawValue)
    return index < ranges.count && ranges[index].contains(range) ? ranges[index] : nil
  }

  /// Whether any byte of the range is in the set.
  public func overlaps(_ range: AddressRange) -> Bool {
    let index = firstIndex(endingAfter: range.start.rawValue)
    return index < ranges.count && ranges[index].start < range.end
  }

  public mutating func insert(_ range: AddressRange) {
    // Everything that overlaps or touches the range is merged into it.
    let first = range.start.rawValue == 0 ? 0 : firstIndex(endingAfter: range.start.rawValue - 1)
    var start = range.start
    var end = range.end
    var past = first
    while past < ranges.count, ranges[past].start <= range.end {
      start = min(start, ranges[past].start)
      end = max(end, ranges[past].end)
      past += 1
    }
    let merged = AddressRange(start, end)
    switch past - first {
    case 0: ranges.insert(merged, at: first)
    case 1: ranges[first] = merged
    default:
      ranges[first] = merged
      ranges.removeSubrange(first + 1..<past)
    }
  }

  public mutating func remove(_ range: AddressRange) {
    guard !ranges.isEmpty else { return }
    var index = firstIndex(endingAfter: range.start.rawValue)
    while index < ranges.count, ranges[index].start < range.end {
      let old = ranges[index]
      switch (old.start < range.start, range.end < old.end) {
      case (false, false):
        ranges.remove(at: index)
      case (true, false):
        ranges[index] = AddressRange(old.start, range.start)
        index += 1
      case (false, true):
        ranges[index] = AddressRange(range.end, old.end)
        index += 1
      case (true, true):
        ranges[index] = AddressRange(old.start, range.start)
        ranges.insert(AddressRange(range.end, old.end), at: index + 1)
        index += 2
      }
    }
  }

  /// The first range with a byte above `address`; that it contains the address is not said.
  private func firstIndex(endingAfter address: UInt64) -> Int {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].end.rawValue > address { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension AddressRange {
  /// The bytes from one address up to another above it.
  init(_ start: PhysicalAddress, _ end: PhysicalAddress) {
    self.init(uncheckedStart: start.rawValue, size: end.rawValue &- start.rawValue)
  }

  /// The bytes that lie in both; nil where there are none.
  package func intersection(_ other: AddressRange) -> AddressRange? {
    overlaps(other) ? AddressRange(max(start, other.start), min(end, other.end)) : nil
  }
}
