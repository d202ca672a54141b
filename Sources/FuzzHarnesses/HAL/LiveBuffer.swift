/// What a live buffer of the pool is to the driver.
struct LiveBuffer: Equatable, Sendable {
  let address: UInt64
  /// Bytes that the driver asked for.
  let size: UInt64
  /// Bytes of the block.
  let block: UInt64

  init(address: UInt64, size: UInt64, alignment: UInt64) {
    self.address = address
    self.size = size
    block = LiveBuffer.block(size, alignment)
  }

  static func block(_ size: UInt64, _ alignment: UInt64) -> UInt64 {
    var block = max(alignment, 16)
    while block < size, block < 1 << 63 { block *= 2 }
    return block
  }
}
