/// Shares memory of a protected VM with its host, as simply as can be: each buffer has a region of
/// its own, which is shared when the buffer is made and taken back when it is freed.
public class PlainSharer {
  public enum Failure: Error {
    case notOpen, alreadyOpen, badRequest, notAllocated, exhausted
    case hypercallFailed(UInt64)
  }

  /// What a teardown did, in granules and regions.
  public struct Summary {
    public var unshared: UInt64 = 0
    public var lost: UInt64 = 0
    public var returned: UInt64 = 0
    public var kept: UInt64 = 0
  }

  private enum State { case new, open, closed }

  private struct Buffer {
    let block: Range<UInt64>
    let region: Range<UInt64>
  }

  private static let memInfo: UInt64 = 0xC600_0002
  private static let memShare: UInt64 = 0xC600_0003
  private static let memUnshare: UInt64 = 0xC600_0004

  private let platform: any Platform
  /// Whether the host sees only what is shared with it.
  private let isProtected: Bool
  private let blocks: ClosedRange<UInt64>
  private var state = State.new
  /// Bytes; a power of two.
  private(set) var granule: UInt64 = 1
  private var buffers: [Buffer] = []
  /// Granules that could not be taken back, by their addresses.
  private var lost: [UInt64] = []
  /// How many regions stay away from the heap.
  private var kept: UInt64 = 0

  /// - Parameter blocks: the sizes of the smallest and of the largest block, powers of two.
  public init(_ platform: any Platform, isProtected: Bool, blocks: ClosedRange<UInt64>) {
    self.platform = platform
    self.isProtected = isProtected
    self.blocks = blocks
  }

  /// Takes everything back, and stops the guest where something is lost that `close` has not told.
  deinit {
    guard state != .closed else { return }
    _ = close()
    for address in lost { platform.abandon(address..<address + granule) }
  }

  public func open() throws(Failure) {
    guard state == .new else { throw state == .open ? .alreadyOpen : .notOpen }
    if isProtected {
      let answer = platform.hypercall(Self.memInfo, 0)
      guard answer.nonzeroBitCount == 1, answer < 1 << 63 else { throw .hypercallFailed(answer) }
      granule = answer
    }
    state = .open
  }

  /// Serves a block that the host can reach: a power of two of bytes, aligned to its size.
  public func allocate(size: UInt64, alignment: UInt64) throws(Failure) -> UInt64 {
    guard state == .open else { throw .notOpen }
    guard let block = try block(size, alignment), block <= blocks.upperBound else {
      throw .badRequest
    }
    guard let region = platform.takeRegion(size: regionSize(for: block)) else { throw .exhausted }
    if isProtected { try share(region) }
    buffers.append(Buffer(block: region.lowerBound..<region.lowerBound + block, region: region))
    return region.lowerBound
  }

  /// Frees a block, by the address and the layout that it was asked for with.
  public func free(_ address: UInt64, size: UInt64, alignment: UInt64) throws(Failure) {
    guard state == .open else { throw .notOpen }
    let size = try block(size, alignment)
    guard let index = buffers.firstIndex(where: { $0.block.lowerBound == address }),
      UInt64(buffers[index].block.count) == size
    else { throw .notAllocated }
    var summary = Summary()
    takeBack(buffers.remove(at: index).region, &summary)
  }

  /// Takes everything back, and serves nothing any more.
  public func close() -> Summary {
    var summary = Summary()
    guard state != .closed else { return summary }
    state = .closed
    summary.kept = kept
    while let buffer = buffers.popLast() { takeBack(buffer.region, &summary) }
    summary.lost = UInt64(lost.count)
    return summary
  }

  /// How much to take from the heap for a block: whole granules.
  func regionSize(for block: UInt64) -> UInt64 { max(block, granule) }

  /// The block for a request; nil where it needs more than 64 bits.
  private func block(_ size: UInt64, _ alignment: UInt64) throws(Failure) -> UInt64? {
    guard size > 0, alignment.nonzeroBitCount == 1 else { throw .badRequest }
    let least = max(size, alignment, blocks.lowerBound)
    guard least <= 1 << 63 else { return nil }
    return least.nonzeroBitCount == 1 ? least : 1 << UInt64(64 - least.leadingZeroBitCount)
  }

  // MARK: Granules

  /// The first addresses of the granules that a region touches.
  private func granules(of region: Range<UInt64>) -> StrideTo<UInt64> {
    stride(from: region.lowerBound & ~(granule - 1), to: region.upperBound, by: Int(granule))
  }

  private func share(_ region: Range<UInt64>) throws(Failure) {
    var shared: [UInt64] = []
    for address in granules(of: region) {
      let answer = platform.hypercall(Self.memShare, address)
      shared.append(address)
      if answer == 0 { continue }
      // The one that failed may be shared all the same.
      let missing = shared.filter { !isTakenBack($0) && !isPrivate($0, unlike: address) }
      giveBack(region, missing: missing)
      throw .hypercallFailed(answer)
    }
  }

  private func isTakenBack(_ address: UInt64) -> Bool {
    platform.hypercall(Self.memUnshare, address) == 0
  }

  /// Whether sharing the granule that failed once more, as zeros, and taking it back shows that it
  /// is private.
  private func isPrivate(_ address: UInt64, unlike failed: UInt64) -> Bool {
    guard address == failed else { return false }
    platform.zero(address..<address + granule)
    return platform.hypercall(Self.memShare, address) == 0 && isTakenBack(address)
  }

  private func takeBack(_ region: Range<UInt64>, _ summary: inout Summary) {
    var missing: [UInt64] = []
    if isProtected {
      missing = granules(of: region).filter { !isTakenBack($0) }
      summary.unshared += UInt64(granules(of: region).underestimatedCount - missing.count)
    }
    if giveBack(region, missing: missing) { summary.returned += 1 } else { summary.kept += 1 }
  }

  /// Scrubs what is private, and lets the heap have the region if that is all of it.
  @discardableResult
  private func giveBack(_ region: Range<UInt64>, missing: [UInt64]) -> Bool {
    lost += missing
    if missing.isEmpty {
      platform.zero(region)
      if platform.giveBack(region) { return true }
    } else {
      let missing = Set(missing)
      for address in granules(of: region) where !missing.contains(address) {
        platform.zero(address..<address + granule)
      }
    }
    kept += 1
    return false
  }
}
