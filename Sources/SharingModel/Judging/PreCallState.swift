import MemorySharing
import SimulatedHypervisors

/// What a call that throws must leave as it was.
public struct PreCallState: Equatable {
  public var regions: [AddressRange] = []
  public var reach = SortedRanges()
  public var mmio = SortedRanges()

  public init() {}
}
