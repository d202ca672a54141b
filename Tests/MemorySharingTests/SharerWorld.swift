import MemorySharing

/// What a sharer does to memory and heap, in the order in which it does it.
final class SharerWorld: GuestMemory, RegionSource {
  enum Event: Equatable {
    case allocate(Layout)
    case deallocate(UInt64, Layout)
    case zero(AddressRange)
    case copy(from: UInt64, to: UInt64, size: UInt64)
  }

  var events: [Event] = []
  /// Where the heap's next region begins; nil when it has no more.
  var next: UInt64? = 0x10_0000
  var refusesFrees = false
  let window = range(0x10_0000, 0x100_0000)

  func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    guard let start = next else { throw .largerThanTheTopOrder(layout) }
    next = start + layout.size
    events.append(.allocate(layout))
    return PhysicalAddress(start)
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    if refusesFrees { throw .notAllocated(address) }
    events.append(.deallocate(address.rawValue, layout))
  }

  func zero(_ range: AddressRange) { events.append(.zero(range)) }

  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {
    events.append(.copy(from: source.rawValue, to: destination.rawValue, size: size))
  }

  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue)
  }

  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue)
  }
}

/// One hypercall of a sharer.
struct SharerCall: Equatable, CustomStringConvertible {
  var isShare: Bool
  var address: UInt64

  static func share(_ address: UInt64) -> Self { Self(isShare: true, address: address) }
  static func unshare(_ address: UInt64) -> Self { Self(isShare: false, address: address) }

  var description: String { "\(isShare ? "share" : "unshare") \(address)" }
}

extension RecordingConduit {
  /// Answers 0, but for the calls with these numbers, counted from 0.
  static func failing(_ answers: [Int: Int64]) -> RecordingConduit {
    var number = -1
    return RecordingConduit { _ in
      number += 1
      return HypercallRegisters(UInt64(bitPattern: answers[number] ?? 0))
    }
  }

  /// The calls of a sharer, decoded.
  var shares: [SharerCall] {
    calls.map { SharerCall(isShare: $0.x0 == 0xC600_0003, address: $0.x1) }
  }
}
