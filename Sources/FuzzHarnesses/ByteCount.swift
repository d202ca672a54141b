import PropertyTesting

/// A number of bytes: an edge of a unit, whatever the unit is, or an edge of 64 bits.
package enum ByteCount: Sendable {
  case units(UInt64, plus: Int64)
  case bytes(UInt64)

  /// The number; it wraps around.
  package func bytes(unit: UInt64) -> UInt64 {
    switch self {
    case .units(let count, let excess): count &* unit &+ UInt64(bitPattern: excess)
    case .bytes(let bytes): bytes
    }
  }
}

extension ByteCount: CustomStringConvertible {
  package var description: String {
    switch self {
    case .units(let count, let excess):
      excess == 0 ? "\(count) units" : "\(count) units + \(excess)"
    case .bytes(let bytes): "\(bytes) bytes"
    }
  }
}

extension Generator where Value == ByteCount {
  // Alternatives are repeated, as weights say nothing to bytes.

  /// Sizes: mostly few units, one byte less or more, and seldom a size that is wrong or overflows.
  static var size: Generator {
    let few = zip(Generator<UInt64>.integer(in: 1...9), excess).map(ByteCount.units)
    let many = zip(Generator<UInt64>.element(of: [16, 64, 65, 128, 512, 4096]), excess)
      .map(ByteCount.units)
    let extreme = Generator<UInt64>.element(of: [0, 1, 1 << 63, 1 << 63 + 1, .max])
      .map(ByteCount.bytes)
    return .oneOf(few, few, few, few, few, many, many, extreme)
  }

  /// Alignments: mostly none, powers of two of the unit, and seldom one that is wrong or too large.
  static var alignment: Generator {
    let none = Generator.just(.bytes(1))
    let powers = Generator<UInt64>.element(of: [1, 2, 4, 8, 16, 64, 128, 4096])
      .map { ByteCount.units($0, plus: 0) }
    let extreme = Generator<UInt64>.element(of: [0, 3, 1 << 63, .max]).map(ByteCount.bytes)
    return .oneOf(none, none, none, none, none, powers, powers, extreme)
  }

  private static var excess: Generator<Int64> { .element(of: [0, 0, 1, -1]) }
}
