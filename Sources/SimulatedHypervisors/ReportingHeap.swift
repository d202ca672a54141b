import MemorySharing

/// A heap that tells what it hands out and takes back, and can be made to be exhausted.
public final class ReportingHeap<Source: FrameSource> {
  public let source: Source
  public let events: PortEventStream
  /// Allocations that were refused on purpose since the last reset.
  public private(set) var faultsInjected: Int = 0
  /// Allocations asked for in this command.
  public private(set) var allocations: Int = 0

  private var failing: Int?

  public init(_ source: Source, events: PortEventStream) {
    self.source = source
    self.events = events
  }

  /// Starts a command whose n-th allocation, the first being 1, throws `exhausted`.
  public func beginCommand(failingAllocation: Int? = nil) {
    allocations = 0
    failing = failingAllocation
  }

  /// Forgets counters and faults; the heap behind is its owner's to reset.
  public func reset() {
    beginCommand()
    faultsInjected = 0
  }
}

extension ReportingHeap: FrameSource {
  public var window: AddressRange { source.window }

  public func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    allocations += 1
    if allocations == failing {
      faultsInjected += 1
      throw .exhausted(layout)
    }
    let address = try source.allocateZeroed(layout)
    events.send(
      .heapAllocated(
        AddressRange(trapping: address, layout.size), alignment: layout.alignment))
    return address
  }

  public func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try source.deallocate(address, layout)
    events.send(
      .heapFreed(AddressRange(trapping: address, layout.size), alignment: layout.alignment))
  }
}
