public struct MemoryMap { public init() {}
 public func checkStaticRange(start: UInt64, size: UInt64) throws(ShareError) -> AddressRange { try AddressRange(start: PhysicalAddress(start), size: size) }
 public mutating func track(_ r: AddressRange) throws(ShareError) {} }
