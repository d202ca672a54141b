/// A buddy allocator of a few lines that draws its memory region by region, with bugs to plant.
struct ToyAllocator {
  enum Bug: Hashable, CaseIterable { case refill, teardown, merge }
  enum Failure: Hashable { case refusedByRefill, leaksRegion, freeBlockIsMisaligned }
  struct Block: Equatable {
    var address: UInt64
    var bytes: UInt64
  }

  static let granule: UInt64 = 4096
  static let largest: UInt64 = 1 << 16

  let bug: Bug?
  private(set) var regions: [Block] = []
  private var nextBase: UInt64
  private var free: [Block] = []

  init(bug: Bug?, base: UInt64 = 0) {
    self.bug = bug
    nextBase = 0x100_0000 + base * Self.largest
  }

  mutating func allocate(_ size: UInt64, alignment: UInt64) throws(Thrown) -> Block? {
    guard size <= Self.largest else { return nil }
    let needed = max(size, alignment, 64)
    let bytes = UInt64(1) << UInt64(64 - (needed - 1).leadingZeroBitCount)
    if !free.contains(where: { $0.bytes >= bytes }) {
      let granules = (size + Self.granule - 1) / Self.granule
      if bug == .refill && granules == 3 { throw Thrown(.refusedByRefill) }
      refill(bytes)
    }
    return take(bytes)
  }

  mutating func free(_ block: Block) throws(Thrown) {
    var merged = block
    while let buddy = free.firstIndex(of: neighbour(of: merged)) {
      merged = Block(
        address: min(merged.address, free[buddy].address), bytes: 2 * merged.bytes)
      free.remove(at: buddy)
    }
    free.append(merged)
    if merged.address % merged.bytes != 0 { throw Thrown(.freeBlockIsMisaligned) }
  }

  /// Gives every region back.
  func tearDown() throws(Thrown) {
    if bug == .teardown && regions.count >= 3 { throw Thrown(.leaksRegion) }
  }

  private mutating func refill(_ bytes: UInt64) {
    let region = Block(address: nextBase, bytes: max(bytes, Self.granule))
    // Regions never touch, so blocks of two of them never merge.
    nextBase += 2 * Self.largest
    regions.append(region)
    free.append(region)
  }

  /// The lowest of the smallest free blocks that will do, split down.
  private mutating func take(_ bytes: UInt64) -> Block {
    var chosen = 0
    for index in free.indices where free[index].bytes >= bytes {
      let (this, best) = (free[index], free[chosen])
      if best.bytes < bytes || (this.bytes, this.address) < (best.bytes, best.address) {
        chosen = index
      }
    }
    var block = free.remove(at: chosen)
    while block.bytes > bytes {
      block.bytes /= 2
      free.append(Block(address: block.address + block.bytes, bytes: block.bytes))
    }
    return block
  }

  private func neighbour(of block: Block) -> Block {
    let isRight = block.address & block.bytes != 0
    let address =
      isRight && bug != .merge
      ? block.address - block.bytes : block.address + block.bytes
    return Block(address: address, bytes: block.bytes)
  }

  struct Thrown: Error {
    let failure: Failure
    init(_ failure: Failure) { self.failure = failure }
  }
}
