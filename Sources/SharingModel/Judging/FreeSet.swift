import MemorySharing
import SimulatedHypervisors

/// The free memory of one allocator as the model sees it: a set of bytes, and the rules of spec §3
/// read off it in the plainest way.
public struct FreeSet: Equatable, Sendable {
  /// The smallest and the largest block, in bytes; a buddy's are powers of two.
  public let minimum: UInt64
  public let largest: UInt64
  public let rule: PlacementRule
  public private(set) var free = SortedRanges()

  public init(minimum: UInt64, largest: UInt64, rule: PlacementRule = .buddy) {
    self.minimum = minimum
    self.largest = largest
    self.rule = rule
  }

  /// The size of the block that a request is served with; nil where it does not fit in 64 bits.
  public func blockSize(_ size: UInt64, _ alignment: UInt64) -> UInt64? {
    switch rule {
    case .buddy: return powerOfTwo(size, alignment)
    case .firstFit:
      let (sum, overflow) = size.addingReportingOverflow(minimum - 1)
      return overflow ? nil : max(sum / minimum * minimum, minimum)
    }
  }

  private func powerOfTwo(_ size: UInt64, _ alignment: UInt64) -> UInt64? {
    var block = minimum
    while block < size || block < alignment {
      let (double, overflow) = block.addingReportingOverflow(block)
      if overflow { return nil }
      block = double
    }
    return block
  }

  /// Adds what alignment to the smallest block allows of a range.
  public mutating func add(_ range: AddressRange) {
    let (rounded, overflow) = range.start.rawValue.addingReportingOverflow(minimum - 1)
    if overflow { return }
    let start = rounded / minimum * minimum
    let end = range.end.rawValue / minimum * minimum
    if start < end { free.insert(AddressRange(uncheckedStart: start, size: end - start)) }
  }

  public mutating func give(_ block: AddressRange) { free.insert(block) }

  public mutating func take(_ block: AddressRange) { free.remove(block) }

  public func contains(_ range: AddressRange) -> Bool { free.contains(range) }

  public mutating func removeAll() { free.removeAll() }

  /// Whether an aligned free run of this block size exists (spec §3.6).
  public func canServe(_ block: UInt64, _ alignment: UInt64) -> Bool {
    place(block, alignment) != nil
  }

  /// The one address at which a block for a request of this alignment may be placed.
  public func place(_ block: UInt64, _ alignment: UInt64) -> UInt64? {
    guard block <= largest else { return nil }
    switch rule {
    case .buddy: return lowestBuddy(block)
    case .firstFit: return lowestRun(block, max(alignment, minimum))
    }
  }

  /// The lowest address at which `size` bytes are free that is a multiple of the alignment and not
  /// of twice the alignment; where there is none, the lowest multiple.
  private func lowestRun(_ size: UInt64, _ alignment: UInt64) -> UInt64? {
    var places: [UInt64] = []
    for range in free.ranges {
      // Of two neighbouring multiples one is odd, so the first two of a range are enough.
      let start = range.start.rawValue / alignment
      for number in start...(start > .max - 2 ? .max : start + 2) {
        let (address, overflow) = number.multipliedReportingOverflow(by: alignment)
        let isInside = !overflow && range.contains(PhysicalAddress(address))
        if isInside, range.end.rawValue - address >= size { places.append(address) }
      }
    }
    return places.first { $0 / alignment % 2 == 1 } ?? places.first
  }

  /// The lowest address in the smallest maximal free block that is large enough (spec §3.3).
  private func lowestBuddy(_ block: UInt64) -> UInt64? {
    var best: (size: UInt64, address: UInt64)?
    for range in free.ranges {
      // Larger blocks lie between smaller ones, so a range's lowest of each size is not far.
      var address = range.start.rawValue
      let end = range.end.rawValue
      while address < end {
        let size = maximalBlock(at: address, end: end)
        if size >= block, best == nil || size < best!.size { best = (size, address) }
        // Behind the first of the largest blocks, only the smaller ones at the end are of interest.
        if size == largest {
          address += (end - address) / largest * largest
        } else {
          address += size
        }
      }
    }
    return best?.address
  }

  /// The size of the maximal free block that begins at a free address, in a free run up to `end`.
  private func maximalBlock(at address: UInt64, end: UInt64) -> UInt64 {
    var size = minimum
    while size < largest, address & (size * 2 - 1) == 0, end - address >= size * 2 { size *= 2 }
    return size
  }

  /// How often a block that has just been freed merges: its order and those it goes through. Only
  /// buddies have orders.
  public func merges(of block: AddressRange) -> Range<Int> {
    guard rule == .buddy else { return 0..<0 }
    var size = block.size
    var first = 0
    while minimum << UInt64(first) < size { first += 1 }
    var last = first
    while size < largest {
      size *= 2
      let parent = AddressRange(uncheckedStart: block.start.rawValue / size * size, size: size)
      guard free.contains(parent) else { break }
      last += 1
    }
    return first..<last
  }
}
