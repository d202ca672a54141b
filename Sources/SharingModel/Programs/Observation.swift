import MemorySharing
import SimulatedHypervisors

/// What a system under test shows of itself after a call, besides the outcome. What it does not
/// show is not checked.
public struct Observation {
  /// A free block: its order and its address.
  public struct Block: Equatable {
    public var order: UInt64
    public var address: UInt64

    public init(order: UInt64, address: UInt64) {
      self.order = order
      self.address = address
    }
  }

  /// The free blocks of the pool by order, then address; nil where they are not shown.
  public var poolFree: [Block]? = []
  public var heapFree: [Block]? = []
  /// The steps of the last allocator call that took most; nil where they are not counted.
  public var steps: UInt64? = 0
  /// The summary words on the way from the root of the index to a kernel.
  public var indexDepth: UInt64 = 1

  /// Whether anybody wants to know what could not be taken back: looking takes time.
  public var wantsQuarantine = false
  /// The granules that could not be taken back, as the system lists them; nil where it does not.
  public var quarantine: SortedRanges?
  /// The regions that it says hold them.
  public var quarantineRegions: [AddressRange] = []
  /// What the pool serves and the memory map would give to another owner; nil where there is none.
  public var unclaimed: AddressRange?
  /// What the storage is for outside of which something was written; nil where nothing was.
  public var overrun: String?

  public init() {}

  /// What a system shows that could not be built.
  public static var nothing: Observation {
    var result = Observation()
    result.poolFree = nil
    result.heapFree = nil
    result.steps = nil
    return result
  }
}
