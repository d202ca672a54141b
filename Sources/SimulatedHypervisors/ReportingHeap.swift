import MemorySharing

/// A heap that tells what it hands out, refuses and takes back, and can be made to be exhausted.
public final class ReportingHeap<Source: RegionSource> {
  public let source: Source
  public let events: PortEventStream
  public let faults: HeapFaults

  public init(_ source: Source, events: PortEventStream, faults: HeapFaults) {
    self.source = source
    self.events = events
    self.faults = faults
  }
}

extension ReportingHeap: RegionSource {
  public var window: AddressRange { source.window }

  public func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    events.willCall?()
    if faults.allocations.refusesNext() {
      events.send(.heapRefused(layout, onPurpose: true))
      throw .exhausted(layout)
    }
    do throws(ShareError) {
      let address = try source.allocateZeroed(layout)
      events.send(
        .heapAllocated(
          AddressRange(trapping: address, layout.size), alignment: layout.alignment))
      return address
    } catch {
      events.send(.heapRefused(layout, onPurpose: false))
      throw error
    }
  }

  public func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    events.willCall?()
    let region = AddressRange(trapping: address, layout.size)
    if faults.frees.refusesNext() {
      events.send(.heapRefusedFree(region))
      throw .notAllocated(address)
    }
    do throws(ShareError) {
      try source.deallocate(address, layout)
    } catch {
      events.send(.heapRefusedFree(region))
      throw error
    }
    events.send(.heapFreed(region, alignment: layout.alignment))
  }
}
