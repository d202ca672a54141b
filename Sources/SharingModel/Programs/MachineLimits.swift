/// What machines a system runs on, where it does not run on all of them, and what programs for it
/// leave out.
public struct MachineLimits: Equatable, Codable, Sendable {
  /// The sum of the granules that it runs with, in bytes; nil for all.
  public var granules: UInt64?
  /// Its smallest block, in bytes, a power of two; nil for what the machine has.
  public var minimumBlock: UInt64?
  /// Its largest block, in bytes, a power of two; nil for what the machine has.
  public var largestBlock: UInt64?
  /// The rule of its heap; nil for what the machine has.
  public var heapRule: PlacementRule?
  /// How many regions of MMIO its guard has room for; nil for what the machine has.
  public var mmioRecords: UInt64?
  /// Whether a process is to have all memory of the machine at its virtual addresses.
  public var isMapped = false
  /// Whether storage may be scant that it is handed.
  public var takesScantStorage = true
  /// The calls that it has.
  public var calls = GuestCalls.all
  /// What no program has.
  public var leftOut: ProgramParts = []

  public init() {}

  /// The nearest machine within these limits; one that is within them stays as it is.
  public func nearest(_ machine: Configuration) -> Configuration {
    if self == MachineLimits() { return machine }
    var result = machine
    if let granules { result.granule = Self.member(of: granules, nearest: machine.granule) }
    if let minimumBlock { result.minimumBlock = minimumBlock }
    if isMapped { result.becomeMappable() }
    if let largestBlock {
      let smallest = UInt64(result.minimumBlock.trailingZeroBitCount)
      let largest = UInt64(largestBlock.trailingZeroBitCount)
      result.poolOrders = max(largest, smallest) - smallest + 1
      result.heapOrders = result.poolOrders
    }
    if let heapRule { result.heapRule = heapRule }
    if let mmioRecords { result.mmioRecords = mmioRecords }
    if !takesScantStorage {
      result.missingPoolMetadata = 0
      result.regionRecordBytes = 0
    }
    if !calls.contains(.heapAdd) { result.heldBack = 0 }
    // Nobody asks for the guard.
    if !calls.contains(.mmio), result.disguise.isOfTheGuard { result.disguise = .itself }
    return result.normalised
  }

  /// The largest of some powers of two that is no larger than a number; if none is, the smallest.
  private static func member(of powers: UInt64, nearest number: UInt64) -> UInt64 {
    let below = powers & (number | (number - 1))
    let shift = below == 0 ? powers.trailingZeroBitCount : 63 - below.leadingZeroBitCount
    return 1 << UInt64(shift)
  }
}

extension MachineLimits {
  /// The sum of the granules that mapped memory can have: words of 8 bytes must not be shared in
  /// part, and the largest are not to cost too much.
  public static var mappableGranules: UInt64 { (1 << 17) - (1 << 6) }
  /// The smallest block of mapped memory, in bytes: a word belongs to one block.
  public static var leastMappableBlock: UInt64 { 8 }
}

extension Configuration {
  /// The most bytes of a mapped arena.
  private static var mostMappedBytes: UInt64 { 1 << 21 }

  /// Moves the machine to where a process can map it, and makes it small enough.
  fileprivate mutating func becomeMappable() {
    virtualOffset = Self.mappableOffset
    let reach: UInt64 = 1 << 42
    if arenaStart >= reach, arenaStart < 0 &- reach { arenaStart = Configuration().arenaStart }
    arenaSize = min(arenaSize, Self.mostMappedBytes)
    minimumBlock = max(minimumBlock, MachineLimits.leastMappableBlock)
  }
}
