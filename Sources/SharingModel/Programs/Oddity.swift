import PropertyTesting

/// What a random machine is drawn for that a usual one does not have; no choice by itself.
///
/// Few programs run on such machines: what is large or long takes time.
enum Oddity {
  case none
  /// Any granule and minimum block, and any orders.
  case parameters
  /// An arena of gibibytes.
  case size
  /// Blocks so many that the allocators have four levels.
  case depth
  /// Hundreds of granules, for refills of many.
  case granules
  /// As many, for many refills.
  case regions

  /// - Parameter length: the most commands that the program can have.
  static func draw(length: Int, _ numbers: inout RandomNumbers) -> Oddity {
    if length > 64, numbers.chance(3, outOf: 4) { return .regions }
    return switch numbers.next(below: 256) {
    case 0...5: .parameters
    case 6...10: .size
    case 11: .depth
    case 12...17: .granules
    default: .none
    }
  }

  /// The logarithm of the granule; nil for a usual one.
  func granuleShift(_ numbers: inout RandomNumbers) -> UInt64? {
    switch self {
    case .parameters: numbers.next(below: 21)
    case .size: 20 + numbers.next(below: 11)
    case .depth: 12
    case .none, .granules, .regions: nil
    }
  }

  /// The logarithm of the minimum block; nil for a usual one.
  func minimumShift(granule: UInt64, _ numbers: inout RandomNumbers) -> UInt64? {
    switch self {
    // A granule costs two hypercalls.
    case .parameters: numbers.next(below: min(UInt64(granule.trailingZeroBitCount) + 6, 21))
    case .size: 20
    case .depth: numbers.next(below: 5)
    case .none, .granules, .regions: nil
    }
  }

  /// Orders of pool or heap; nil for usual ones.
  func orders(_ numbers: inout RandomNumbers) -> UInt64? {
    switch self {
    case .parameters: numbers.chance(1, outOf: 2) ? 1 + numbers.next(below: 64) : 1
    case .size, .depth: numbers.chance(1, outOf: 2) ? 32 : 64
    case .granules, .regions: 16
    case .none: nil
    }
  }

  /// The size of the arena, in bytes; nil for a usual one.
  func arenaSize(on machine: Configuration, _ numbers: inout RandomNumbers) -> UInt64? {
    let block = machine.minimumBlock
    switch self {
    // Metadata of many blocks takes time to clear.
    case .size:
      let isLargest = numbers.chance(1, outOf: 10)
      return isLargest ? Configuration.mostBytes : 1 << (32 + numbers.next(below: 5))
    case .depth: return block << (18 + numbers.next(below: 2))
    case .granules:
      return min(machine.granule << (7 + numbers.next(below: 4)), block << 18)
    case .regions: return max(machine.granule, block) << (9 + numbers.next(below: 2))
    case .none, .parameters: return nil
    }
  }
}
