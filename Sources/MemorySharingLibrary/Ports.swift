import MemorySharing
import MemorySharingInterface

// The core's ports over those that firmware in C hands in.

/// Hypercalls by the firmware's function.
struct ForeignConduit: HypercallConduit {
  let ports: UnsafePointer<sharing_ports>

  func call(_ asked: HypercallRegisters) -> HypercallRegisters {
    var words = (asked.x0, asked.x1, asked.x2, asked.x3)
    withUnsafeMutablePointer(to: &words) { words in
      words.withMemoryRebound(to: UInt64.self, capacity: 4) {
        ports.pointee.hypercall(ports.pointee.context, $0)
      }
    }
    return HypercallRegisters(words.0, words.1, words.2, words.3)
  }

  func abandon(_ granules: AddressRange) {
    ports.pointee.abandon(ports.pointee.context, granules.start.rawValue, granules.size)
  }
}

/// Memory by the firmware's functions.
struct ForeignMemory: GuestMemory {
  let ports: UnsafePointer<sharing_ports>

  func zero(_ range: AddressRange) {
    ports.pointee.zero(ports.pointee.context, range.start.rawValue, range.size)
  }

  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {
    ports.pointee.copy(ports.pointee.context, source.rawValue, destination.rawValue, size)
  }

  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue &+ ports.pointee.virtual_offset)
  }

  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue &- ports.pointee.virtual_offset)
  }
}

/// Regions by the firmware's functions, or from the heap that it made of ours.
struct ForeignRegions: RegionSource {
  let ports: UnsafePointer<sharing_ports>
  let heap: UnsafeMutablePointer<HeapState>?
  let window: AddressRange

  func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard let take = ports.pointee.take_region else {
      guard let heap else { throw .exhausted(layout) }
      return try heap.pointee.heap.allocateZeroed(layout)
    }
    var address: UInt64 = 0
    switch take(ports.pointee.context, layout.size, layout.alignment, &address) {
    case SHARING_OK.rawValue: return PhysicalAddress(address)
    case SHARING_SIZE_OVERFLOWS.rawValue: throw .sizeOverflows(layout.size)
    case SHARING_LARGER_THAN_THE_TOP_ORDER.rawValue: throw .largerThanTheTopOrder(layout)
    default: throw .exhausted(layout)
    }
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    guard let give = ports.pointee.return_region else {
      guard let heap else { throw .notAllocated(address) }
      return try heap.pointee.heap.deallocate(address, layout)
    }
    switch give(ports.pointee.context, address.rawValue, layout.size, layout.alignment) {
    case SHARING_OK.rawValue: return
    case SHARING_ALLOCATED_WITH_ANOTHER_LAYOUT.rawValue:
      throw .allocatedWithAnotherLayout(address)
    default: throw .notAllocated(address)
    }
  }
}
