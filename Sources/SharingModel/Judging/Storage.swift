/// The storage that a system was handed, and what it needs of it by its own account.
public struct Storage: Sendable {
  /// Bytes that the metadata of the pool's allocator needs, and bytes that are there.
  public var poolMetadataNeeded: UInt64
  public var poolMetadata: UInt64
  /// Bytes for the records of regions.
  public var records: UInt64
  /// Bytes that the record of a region takes, by how many of its granules are shared by hypercall.
  public var recordSize: @Sendable (_ granules: UInt64) -> UInt64

  public init(
    poolMetadataNeeded: UInt64, poolMetadata: UInt64, records: UInt64,
    recordSize: @escaping @Sendable (_ granules: UInt64) -> UInt64
  ) {
    self.poolMetadataNeeded = poolMetadataNeeded
    self.poolMetadata = poolMetadata
    self.records = records
    self.recordSize = recordSize
  }

  /// Whether the metadata of the pool's allocator does not fit.
  public var isScant: Bool { poolMetadata < poolMetadataNeeded }

  /// As much as a system can want, for one that keeps its own.
  public static var ample: Storage {
    Storage(poolMetadataNeeded: 0, poolMetadata: 0, records: .max, recordSize: { _ in 0 })
  }
}
