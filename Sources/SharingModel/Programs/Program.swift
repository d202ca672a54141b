import MemorySharing
import SimulatedHypervisors

/// A test: a machine and what happens on it. It names no backend and runs on all of them; every
/// program ends with a drop of the pool and all checks.
public struct Program: Equatable, Sendable {
  public var configuration: Configuration
  public var steps: [Step]

  public init(configuration: Configuration = Configuration(), steps: [Step]) {
    self.configuration = configuration
    self.steps = steps
  }
}

/// The machine of a program and the parameters of its core.
public struct Configuration: Equatable, Sendable {
  /// Bytes; a power of two.
  public var granule: UInt64 = 4096
  /// The smallest block of heap and pool, in bytes; a power of two.
  public var minimumBlock: UInt64 = 16
  public var poolOrders: UInt64 = 16
  /// The orders of a buddy heap.
  public var heapOrders: UInt64 = 16
  /// The heap's arena.
  public var arenaStart: UInt64 = 0x8000_0000
  public var arenaSize: UInt64 = 0x20000
  /// Virtual less physical addresses, in bytes; a multiple of 65536.
  public var virtualOffset: UInt64 = 0
  /// Pages of 4096 bytes in the range that is shared before boot, where the hypervisor wants one.
  public var staticPages: UInt64 = 8
  /// Whether the pool is initialised before the first command.
  public var startsInitialised = true
  /// What kind of heap the arena has; the pool is a buddy allocator always.
  public var heapRule = PlacementRule.buddy
  /// Bytes at the arena's end that the heap does not have from the start; whole minimum blocks.
  public var heldBack: UInt64 = 0
  /// What MMIO_GUARD_INFO answers, in bytes; a multiple of 4096.
  public var mmioGranule: UInt64 = 4096
  /// What the hypervisor says of itself.
  public var disguise = Disguise.itself
  /// Bytes that the pool's metadata is short of.
  public var missingPoolMetadata: UInt64 = 0
  /// Bytes for the records of the sharer's regions; 0 for as many as it can want.
  public var regionRecordBytes: UInt64 = 0
  /// How many regions of MMIO the guard has room for.
  public var mmioRecords: UInt64 = 256

  public init() {}
}

extension Configuration {
  /// The largest block that the pool can have, in bytes.
  public var poolTop: UInt64 { Self.largestBlock(minimumBlock, poolOrders) }
  /// The largest block that the heap can have, in bytes; a first-fit heap knows no limit.
  public var heapTop: UInt64 {
    switch heapRule {
    case .buddy: Self.largestBlock(minimumBlock, heapOrders)
    case .firstFit: .max
    }
  }

  private static func largestBlock(_ minimum: UInt64, _ orders: UInt64) -> UInt64 {
    let shift = UInt64(minimum.trailingZeroBitCount) + orders - 1
    return 1 << min(shift, 63)
  }

  public var arena: AddressRange {
    AddressRange(uncheckedStart: arenaStart, size: arenaSize)
  }

  /// Where the range that is shared before boot lies: a gap above the arena, or below it where
  /// there is no room above.
  public var staticRange: AddressRange {
    let size = staticPages * 4096
    let gap = Self.gap
    let (above, overflow) = arena.end.rawValue.addingReportingOverflow(gap + size)
    let start =
      overflow
      ? (arenaStart - gap - size) & ~0xffff
      : (above - size) & ~0xffff
    return AddressRange(uncheckedStart: start, size: size)
  }

  /// Bytes between the arena and the static range, at least half of which remain after rounding.
  static var gap: UInt64 { 0x20000 }

  /// Pages between the arena and the static range, where nothing lies.
  public var gapPages: AddressRange {
    let isAbove = staticRange.start > arena.start
    let start = isAbove ? staticRange.start.rawValue - 0x8000 : staticRange.end.rawValue
    return AddressRange(uncheckedStart: start, size: 0x8000)
  }

  /// The part of the arena that the heap has from the start.
  public var arenaAtStart: AddressRange {
    AddressRange(uncheckedStart: arenaStart, size: arenaSize - heldBack)
  }

  /// Where devices may lie: below main memory, as on AOSP's machines, and above 4 GiB where main
  /// memory begins above 8.
  public var deviceMemory: AddressRange {
    let high: UInt64 = arenaStart >= 1 << 33 ? 1 << 32 : 0
    return AddressRange(uncheckedStart: high + 0x0900_0000, size: 0x100_0000)
  }

  /// Private memory of the driver, a part for each slot, far above any arena but those near the top
  /// of the address space; nearer where a process is to map it.
  public var driverMemory: AddressRange {
    AddressRange(
      uncheckedStart: isMappable ? 1 << 43 : 1 << 56, size: UInt64(Slot.count) * driverPart)
  }

  /// Bytes of a slot's part of the driver's memory.
  private var driverPart: UInt64 { isMappable ? 1 << 22 : 1 << 40 }

  /// The most bytes of a driver's buffer that do not reach into the next slot's part.
  public var mostDriverBytes: UInt64 { driverPart - 1 << 16 }

  /// Where the driver's buffer of a slot begins: after the first page of the slot's part, so that
  /// the buffer has private neighbours.
  public func driverBuffer(of slot: Slot) -> PhysicalAddress {
    PhysicalAddress(
      driverMemory.start.rawValue + UInt64(slot.index) * driverPart + 4096 + 64)
  }

  /// Whether a process can have all memory of the machine at its virtual addresses: the offset is
  /// `mappableOffset`, and main memory lies within 2^42 bytes of address 0 or of the top.
  public var isMappable: Bool { virtualOffset == Self.mappableOffset }

  /// The offset of machines whose memory a process maps: 2^45, which puts addresses near 0 and near
  /// the top where processes have nothing, under a sanitizer either.
  public static var mappableOffset: UInt64 { 1 << 45 }

  /// The most minimum blocks of an arena, so that its metadata stays in proportion.
  public static var mostBlocks: UInt64 { 1 << 20 }
  /// The most bytes of an arena.
  static var mostBytes: UInt64 { 1 << 40 }
  /// The most bytes of a granule.
  static var mostGranule: UInt64 { 1 << 30 }

  /// The nearest configuration that makes sense: every field within its limits, the arena in one
  /// piece of 64-bit addresses with room for a static range beside it.
  public var normalised: Configuration {
    var result = self
    result.granule = Self.powerOfTwo(granule, atMost: Self.mostGranule)
    result.minimumBlock = Self.powerOfTwo(minimumBlock, atMost: 1 << 20)
    result.poolOrders = min(max(poolOrders, 1), 64)
    result.heapOrders = min(max(heapOrders, 1), 64)
    result.staticPages = min(max(staticPages, 1), 256)
    result.virtualOffset = virtualOffset & ~0xffff
    // The heap must get at least one block: after the page at 0, or after a ragged start.
    var least = result.minimumBlock
    if arenaStart == 0 { least += max(result.minimumBlock, 4096) }
    if arenaStart % result.minimumBlock != 0 { least += result.minimumBlock }
    let most = min(Self.mostBlocks * result.minimumBlock, Self.mostBytes)
    result.arenaSize = max(min(arenaSize, most), least)
    // A range's end must fit in 64 bits; and an arena that reaches the driver's memory moves down.
    if arenaStart > UInt64.max - result.arenaSize {
      result.arenaStart = (UInt64.max - result.arenaSize) & ~(result.minimumBlock - 1)
    }
    let driver = result.driverMemory
    let gap: UInt64 = 1 << 32
    if result.arenaStart < driver.end.rawValue + gap,
      result.arenaStart + result.arenaSize + gap > driver.start.rawValue
    {
      result.arenaStart =
        (driver.start.rawValue - gap - result.arenaSize) & ~(max(result.minimumBlock, 1 << 16) - 1)
    }
    result.heldBack =
      min(heldBack, result.arenaSize - least) / result.minimumBlock * result.minimumBlock
    result.mmioGranule = min(max(mmioGranule, 4096), 1 << 20) & ~0xfff
    result.mmioRecords = min(mmioRecords, 256)
    result.missingPoolMetadata = min(missingPoolMetadata, 1 << 20)
    result.regionRecordBytes = min(regionRecordBytes, 1 << 20) / 8 * 8
    return result
  }

  private static func powerOfTwo(_ value: UInt64, atMost limit: UInt64) -> UInt64 {
    guard value > 0 else { return 1 }
    return min(limit, 1 << UInt64(63 - value.leadingZeroBitCount))
  }
}
