/// The unit in which the hypervisor shares memory, in bytes: a power of two.
///
/// AOSP: `MemorySharer::granule`. A granule of 1 is legal.
public struct Granule: Equatable, Hashable, Sendable {
  public let bytes: UInt64

  /// - Throws: `granuleIsNotAPowerOfTwo`.
  public init(bytes: UInt64) throws(ShareError) {
    guard bytes.isPowerOfTwo else { throw .granuleIsNotAPowerOfTwo(bytes) }
    self.bytes = bytes
  }

  /// The granule of a pool that shares nothing by hypercall (AOSP: `init_heap_shared_pool`).
  public static var one: Granule { Granule(unchecked: 1) }

  private init(unchecked bytes: UInt64) { self.bytes = bytes }
}
