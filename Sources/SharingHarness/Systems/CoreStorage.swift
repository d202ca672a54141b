import MemorySharing
import SharingModel
import SimulatedHypervisors

// The storage that the core gets: as much as its own functions say, or less.

extension Storage {
  /// What the core gets on a machine.
  public static func core(_ configuration: Configuration, _ sharing: SharingSupport) -> Storage {
    let window = sharing == .beforeBoot ? configuration.staticRange : configuration.arena
    let needed = configuration.metadataBytes(covering: window, orders: configuration.poolOrders)
    return Storage(
      poolMetadataNeeded: needed,
      poolMetadata: needed - min(needed, configuration.missingPoolMetadata),
      records: configuration.recordBytes, recordSize: RegionStack.recordSize)
  }
}

extension Configuration {
  /// For the allocator of the heap, in bytes.
  public var heapMetadataBytes: UInt64 { metadataBytes(covering: arena, orders: heapOrders) }

  fileprivate func metadataBytes(covering window: AddressRange, orders: UInt64) -> UInt64 {
    BuddyAllocator.metadataSize(covering: window, minimumBlock: minimumBlock, orders: orders) ?? 0
  }

  /// The most bytes for records where the machine does not say how many: a worker has a gibibyte.
  public static var mostRecordBytes: UInt64 { 1 << 26 }

  /// For the records of the sharer's regions, in bytes: unless the machine says how many, enough
  /// for every region that the arena can hold, or the most there are.
  fileprivate var recordBytes: UInt64 {
    if regionRecordBytes > 0 { return regionRecordBytes }
    let granules = arenaSize / granule + 1
    let all = granules / 8 + 64 + min(granules, arenaSize / minimumBlock) * 40 + 4096
    return min(all, Self.mostRecordBytes)
  }

  /// For the records of the MMIO guard, in bytes.
  public var mmioRecordBytes: UInt64 {
    mmioRecords * UInt64(MemoryLayout<AddressRange>.stride)
  }
}
