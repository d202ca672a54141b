import MemorySharing
import PropertyTesting

/// What an allocator is made of: its smallest block, its orders and its window.
package struct AllocatorShape: Equatable, Sendable {
  /// Bytes; a power of two.
  package var minimumBlock: UInt64
  /// How many block orders there are.
  package var orders: UInt64
  /// Where blocks may lie; it need not be aligned to anything.
  package var window: AddressRange

  /// The logarithm of the smallest block.
  package var shift: UInt64 { UInt64(minimumBlock.trailingZeroBitCount) }
  /// The largest order: no block is larger than 2^63 bytes.
  package var topOrder: UInt64 { min(orders - 1, 63 - shift) }
  /// The numbers of the blocks that lie wholly in the window.
  package var blocks: Range<UInt64> {
    let first = window.start.rawValue.roundedUp(to: minimumBlock).map { $0 >> shift }
    let end = window.end.rawValue >> shift
    return first.map { $0 < end ? $0..<end : end..<end } ?? end..<end
  }
}

extension AllocatorShape: CustomStringConvertible {
  package var description: String {
    "blocks of \(minimumBlock), \(orders) orders, window \(window.start.rawValue)+\(window.size)"
  }
}

extension Generator where Value == AllocatorShape {
  /// Shapes: windows of one block to more than a kernel of kernels, near 0, somewhere, and up to
  /// the end of the address space, with ragged edges.
  static var shape: Generator {
    zip(
      Generator<UInt64>.element(of: [16, 1, 8, 4096]),
      Generator<UInt64>.element(of: [7, 1, 2, 3, 6, 8, 12, 13, 14, 19, 32, 64]),
      Generator<UInt64>.element(of: [64, 1, 2, 63, 65, 100, 128, 257, 64, 65, 100, 4096 + 65]),
      Generator<UInt64>.element(of: [0, 1, 3, 63, 64, 4095, 1 << 20, .max]),
      Generator<UInt64>.element(of: [0, 0, 1, 7])
    ).map { minimumBlock, orders, count, first, ragged in
      let size = count * minimumBlock
      // So many blocks from address 0 and a little more, or as near to the end as an end can be.
      let start = first == .max ? UInt64.max - size - ragged : first * minimumBlock + ragged
      return AllocatorShape(
        minimumBlock: minimumBlock, orders: orders,
        window: AddressRange(uncheckedStart: start, size: size))
    }
  }
}
